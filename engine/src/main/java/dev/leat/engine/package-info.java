/** Turns stored jobs into executed jobs. */
@NullMarked
package dev.leat.engine;

import org.jspecify.annotations.NullMarked;
