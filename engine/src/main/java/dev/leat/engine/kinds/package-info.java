/** Kinds of jobs that Leat brings along: calling a URL, running a program, and two for trying things out. */
@NullMarked
package dev.leat.engine.kinds;

import org.jspecify.annotations.NullMarked;
