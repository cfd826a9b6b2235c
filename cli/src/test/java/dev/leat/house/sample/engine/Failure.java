package dev.leat.house.sample.engine;

/** Keeps the rules: an exception is serializable whether one wants it or not. */
public final class Failure extends RuntimeException {}
