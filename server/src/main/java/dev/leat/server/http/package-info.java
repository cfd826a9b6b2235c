/** HTTP: routes, what is let in, how errors look, event streams, the description of it all. */
@NullMarked
package dev.leat.server.http;

import org.jspecify.annotations.NullMarked;
