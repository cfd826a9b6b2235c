package dev.leat.verify.torture;

import dev.leat.api.JobId;
import dev.leat.api.Lane;
import dev.leat.api.QueueName;
import dev.leat.api.store.Due;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.UniqueKey;
import dev.leat.verify.torture.Task.Behaviour;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks for every unique key once more when nobody has one any more, so that one that stays behind shows in the history. */
final class KeysAtEnd {
    /** Ids of a node that there is none of. */
    private static final int NODE = 2047;

    private final JobStore store;
    private int made;

    /** @param store one that is recorded */
    KeysAtEnd(JobStore store) {
        this.store = store;
    }

    /** Stores a job without a key: once it was handed out the history knows what time the store has. */
    void tellTime() {
        store.enqueue(List.of(job(Workload.QUEUES.getFirst(), null)));
    }

    /** Stores a job for each key. */
    void ask() {
        List<NewJob> jobs = new ArrayList<>();
        for (QueueName queue : Workload.QUEUES) {
            Workload.KEYS.forEach(key -> jobs.add(job(queue, UniqueKey.untilEnded(key))));
        }
        store.enqueue(jobs);
    }

    private NewJob job(QueueName queue, @Nullable UniqueKey key) {
        made++;
        return new NewJob(
                JobId.of(store.time().getEpochSecond() - JobId.EPOCH_SECOND, NODE, made),
                made,
                new Lane(
                        Workload.TENANTS.getFirst(),
                        queue,
                        Workload.KINDS.getFirst().name()),
                Workload.payload(new Task(Behaviour.QUICK, 0, 0, "")),
                NewJob.DEFAULT_PRIORITY,
                1,
                Due.now(),
                key);
    }
}
