package dev.leat.cli.demo;

/**
 * What the job of one file finds out.
 *
 * @param size bytes
 * @param lines line feeds, as {@code wc -l} counts
 * @param sha256 64 lower-case hexadecimal digits
 */
record FileSum(long size, long lines, String sha256) {}
