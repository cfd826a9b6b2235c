package dev.leat.engine.config;

/** Where something stands: a file, or an environment variable; line and column from 1, or 0 if there are none. */
record Place(String file, int line, int column) {}
