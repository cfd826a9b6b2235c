package dev.leat.house.sample.outside;

/** Lives in the package of no module. */
public final class Stray {}
