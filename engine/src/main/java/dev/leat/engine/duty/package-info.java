/** Work that goes on in the background: one class per duty, and one runner that owns pauses, back-off and stopping. */
@NullMarked
package dev.leat.engine.duty;

import org.jspecify.annotations.NullMarked;
