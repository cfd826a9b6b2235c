package dev.leat.house.sample.engine;

/** A class for a forbidden edge to lead to. */
public final class Engine {}
