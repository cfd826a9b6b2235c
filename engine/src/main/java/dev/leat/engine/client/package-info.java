/** The way in: turns what an application asks for into stored jobs. */
@NullMarked
package dev.leat.engine.client;

import org.jspecify.annotations.NullMarked;
