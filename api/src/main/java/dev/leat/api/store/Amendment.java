package dev.leat.api.store;

import dev.leat.api.Checks;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;

/** What {@link Operate#amend} changes about a job that waits. */
public sealed interface Amendment {
    /**
     * It runs at another time. Due in the future by the store's clock, it is scheduled, keeps its attempts and crashes, and is
     * no suspect any more, as after a snooze. Due now or in the past, it becomes available, as if promoted; one that is
     * available already stays as it is, a suspect too.
     */
    record Reschedule(Due due) implements Amendment {}

    /**
     * It is more or less urgent. Keeps its due time; an available job comes behind those of its new priority that are
     * available already.
     *
     * @param priority 0 (most urgent) to 9
     */
    record Reprioritise(int priority) implements Amendment {
        public Reprioritise {
            Checks.range("priority", priority, 0, NewJob.MIN_PRIORITY);
        }
    }

    /**
     * It waits in another queue of its tenant, for the same kind of handler. Keeps its priority and due time; an available job
     * comes behind those of its new queue that are available already. The queue need not have had a job before.
     */
    record Move(QueueName queue) implements Amendment {}

    /** It carries other bytes. Keeps its place. */
    record ReplacePayload(Payload payload) implements Amendment {}
}
