/** The program {@code leat bench}. */
@NullMarked
package dev.leat.bench.program;

import org.jspecify.annotations.NullMarked;
