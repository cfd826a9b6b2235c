/** Starts and stops real servers for dev mode and tests, without Docker. */
@NullMarked
package dev.leat.launcher;

import org.jspecify.annotations.NullMarked;
