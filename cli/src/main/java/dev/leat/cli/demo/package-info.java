/** {@code leat demo}: hashes every file of a directory tree by one durable job each, with workers that may be killed. */
@NullMarked
package dev.leat.cli.demo;

import org.jspecify.annotations.NullMarked;
