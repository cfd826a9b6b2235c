/** Leat as a server: engine, HTTP API, live events, metrics and dashboard in one process. */
@NullMarked
package dev.leat.server;

import org.jspecify.annotations.NullMarked;
