/** The single runnable program, and the only place that names every backend. */
@NullMarked
package dev.leat.cli;

import org.jspecify.annotations.NullMarked;
