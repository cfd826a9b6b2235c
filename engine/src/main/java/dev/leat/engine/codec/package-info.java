/** How values become bytes and come back: the one place that knows the JSON library. */
@NullMarked
package dev.leat.engine.codec;

import org.jspecify.annotations.NullMarked;
