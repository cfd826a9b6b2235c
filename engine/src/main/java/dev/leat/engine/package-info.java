/** The engine's front: {@link dev.leat.engine.Leat}. */
@NullMarked
package dev.leat.engine;

import org.jspecify.annotations.NullMarked;
