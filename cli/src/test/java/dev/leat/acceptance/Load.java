package dev.leat.acceptance;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.KindName;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.TenantName;
import dev.leat.api.store.Claim;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobQuery;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Producers and a worker that use a store as fast as it answers, ask again when it fails, and what they were told. */
final class Load {
    private static final Lane LANE = new Lane(TenantName.MAIN, QueueName.DEFAULT, new KindName("load"));
    private static final int PRODUCERS = 3;
    private static final int BATCH = 5;
    private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(20);

    private final String filling;
    private final AtomicLong ids;
    private final Queue<JobId> asked = new ConcurrentLinkedQueue<>();
    private final NavigableSet<JobId> accepted = new ConcurrentSkipListSet<>();
    private final NavigableSet<JobId> completed = new ConcurrentSkipListSet<>();
    private final Queue<StoreException> failures = new ConcurrentLinkedQueue<>();
    private final Queue<String> dishonest = new ConcurrentLinkedQueue<>();

    /**
     * Not begun yet.
     *
     * @param firstId of jobs; no other load may come to its ids
     * @param bytes in each payload, about
     */
    Load(long firstId, int bytes) {
        ids = new AtomicLong(firstId);
        filling = "x".repeat(bytes);
    }

    NavigableSet<JobId> accepted() {
        return accepted;
    }

    /** Also those that were never answered for. */
    Collection<JobId> asked() {
        return asked;
    }

    NavigableSet<JobId> completed() {
        return completed;
    }

    Collection<StoreException> failures() {
        return failures;
    }

    /** Failures that were said to have had no effect, and had one. */
    Collection<String> dishonest() {
        return dishonest;
    }

    /** Begins to use the store. Ids are new ones each time. */
    Running on(JobStore store) {
        return new Running(store);
    }

    /** Makes the store do what it has left. */
    void drain(JobStore store) {
        List<Settlement> rest;
        do {
            rest = settlements(store.claim(request()).leases());
            settled(store.settle(rest));
        } while (!rest.isEmpty());
    }

    /** What the store does not have as it said it would. */
    List<String> missing(Inspect inspect) {
        Map<JobId, JobRecord> found = records(inspect, accepted);
        List<String> missing = new ArrayList<>();
        for (JobId id : accepted) {
            JobRecord record = found.get(id);
            if (record == null) {
                missing.add(id + " was accepted, and is gone");
            } else if (!record.payload().equals(payload(id.value()))) {
                missing.add(id + " has another payload");
            } else if (completed.contains(id) && record.state() != JobState.COMPLETED) {
                missing.add(id + " was completed, and is " + record.state().word());
            }
        }
        return missing;
    }

    static Map<JobId, JobRecord> records(Inspect inspect, Collection<JobId> ids) {
        List<JobId> all = List.copyOf(ids);
        List<JobRecord> records = new ArrayList<>();
        for (int from = 0; from < all.size(); from += JobQuery.MOST) {
            records.addAll(inspect.find(
                    TenantName.MAIN, all.subList(from, Math.min(all.size(), from + JobQuery.MOST))));
        }
        return records.stream().collect(Collectors.toMap(JobRecord::id, Function.identity()));
    }

    private Payload payload(long id) {
        return Payload.json("\"" + id + filling + "\"");
    }

    private NewJob job(long id) {
        return new NewJob(
                new JobId(id),
                7 * id,
                LANE,
                payload(id),
                NewJob.DEFAULT_PRIORITY,
                NewJob.DEFAULT_MAX_ATTEMPTS,
                Due.now());
    }

    private static ClaimRequest request() {
        return new ClaimRequest(UUID.randomUUID(), 1, List.of(LANE), 25, Long.MAX_VALUE, Duration.ofHours(1), false);
    }

    private static List<Settlement> settlements(List<Lease> leases) {
        List<Settlement> settlements = new ArrayList<>();
        for (Lease lease : leases) {
            for (Claim claim : lease.claims()) {
                settlements.add(new Settlement(lease.id(), claim.job(), new Outcome.Completed(null)));
            }
        }
        return settlements;
    }

    private void settled(List<Settled> answers) {
        answers.stream().filter(Settled::accepted).map(Settled::job).forEach(completed::add);
    }

    /** Some threads at one store. */
    final class Running implements AutoCloseable {
        private final JobStore store;
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private volatile boolean stopped;

        private Running(JobStore store) {
            this.store = store;
            for (int i = 0; i < PRODUCERS; i++) {
                boolean single = i % 2 == 0;
                threads.execute(() -> produce(single ? 1 : BATCH));
            }
            threads.execute(this::work);
        }

        /** From now on what fails is not asked again, and nothing new is begun but to settle what was claimed. */
        void stop() {
            stopped = true;
        }

        @Override
        public void close() {
            stop();
            threads.close();
        }

        private void produce(int batch) {
            while (!stopped) {
                long first = ids.getAndAdd(2L * batch);
                List<NewJob> jobs = LongStream.range(first, first + batch)
                        .mapToObj(Load.this::job)
                        .toList();
                jobs.forEach(job -> asked.add(job.id()));
                boolean mayBeStored = false;
                List<Enqueued> answers = List.of();
                while (answers.isEmpty() && !stopped) {
                    try {
                        answers = store.enqueue(jobs);
                    } catch (StoreException e) {
                        mayBeStored |= e.effect() == Effect.UNKNOWN;
                        pause(e);
                    }
                }
                if (!mayBeStored && answers.stream().anyMatch(Enqueued.Duplicate.class::isInstance)) {
                    dishonest.add(answers.toString());
                }
                answers.forEach(answer -> accepted.add(answer.id()));
            }
        }

        private void work() {
            while (!stopped) {
                ClaimRequest request = request();
                List<Settlement> settlements =
                        settlements(untilAnswered(() -> store.claim(request).leases()));
                if (!settlements.isEmpty()) {
                    settled(untilAnswered(() -> store.settle(settlements)));
                }
            }
        }

        private <T> List<T> untilAnswered(Supplier<List<T>> call) {
            do {
                try {
                    return call.get();
                } catch (StoreException e) {
                    pause(e);
                }
            } while (!stopped);
            return List.of();
        }

        private void pause(StoreException e) {
            failures.add(e);
            LockSupport.parkNanos(PATIENCE);
        }
    }
}
