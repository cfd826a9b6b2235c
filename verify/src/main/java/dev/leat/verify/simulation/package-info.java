/** The engine on a clock that only a seed moves, among nodes that die, hang and lose calls; one thread, no I/O, the same each time. */
@NullMarked
package dev.leat.verify.simulation;

import org.jspecify.annotations.NullMarked;
