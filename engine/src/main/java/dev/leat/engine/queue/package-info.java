/** What is known of queues apart from their jobs: which there are, and which are paused. */
@NullMarked
package dev.leat.engine.queue;

import org.jspecify.annotations.NullMarked;
