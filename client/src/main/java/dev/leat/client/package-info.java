/** Asks a server of Leat over HTTP, with what the JDK brings along. */
@NullMarked
package dev.leat.client;

import org.jspecify.annotations.NullMarked;
