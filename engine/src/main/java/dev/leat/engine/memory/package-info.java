/** The stores that live in memory: the contracts in their most readable form, and all that a test needs. */
@NullMarked
package dev.leat.engine.memory;

import org.jspecify.annotations.NullMarked;
