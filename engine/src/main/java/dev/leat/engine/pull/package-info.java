/** Queues for callers that take jobs by themselves instead of giving handlers. */
@NullMarked
package dev.leat.engine.pull;

import org.jspecify.annotations.NullMarked;
