/** What crosses the network: the shapes of requests, answers and events, how they are written as JSON, and the calls there are. */
@NullMarked
package dev.leat.wire;

import org.jspecify.annotations.NullMarked;
