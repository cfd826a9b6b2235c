package dev.leat.engine.client;

import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.NewJob;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Stores the jobs of one call in batches. Two threads, the caller's and another, each take the next batch, so that one is being
 * written down here while the store syncs the other; of jobs with unique keys the caller's alone does. After a failure none is begun. For one use.
 */
final class BulkEnqueue {
    private static final long BATCH_BYTES = 16L * 1024 * 1024;

    private final PreparedJobs prepared;
    private final Function<List<NewJob>, List<Enqueued>> ask;
    private final List<List<NewJob>> batches;
    private final AtomicInteger next = new AtomicInteger();

    /** By batch; a thread writes only those that it took. */
    private final @Nullable List<Enqueued>[] answers;

    private final @Nullable Throwable[] failures;
    private volatile boolean failed;

    /** @param ask asks the store, again if need be, for all or none of a batch */
    @SuppressWarnings("unchecked")
    BulkEnqueue(PreparedJobs prepared, Function<List<NewJob>, List<Enqueued>> ask) {
        this.prepared = prepared;
        this.ask = ask;
        batches = batches(prepared.jobs());
        answers = (List<Enqueued>[]) new List<?>[batches.size()];
        failures = new Throwable[batches.size()];
    }

    /** The answers in the order of the jobs. An interrupt does not end the wait, which the store's time-outs bound; it is kept. */
    List<Enqueued> run() {
        Thread other = batches.size() > 1 && !hasUniqueKeys()
                ? Thread.ofVirtual().name("leat-bulk-enqueue").start(this::store)
                : null;
        store();
        if (other != null) {
            await(other);
        }
        throwFailure();
        return Arrays.stream(answers)
                .flatMap(each -> Objects.requireNonNull(each).stream())
                .toList();
    }

    /** Then its batches might wait for each other's keys. */
    private boolean hasUniqueKeys() {
        return prepared.jobs().stream().anyMatch(job -> job.uniqueKey() != null);
    }

    private void store() {
        for (int batch = next.getAndIncrement(); batch < batches.size() && !failed; batch = next.getAndIncrement()) {
            try {
                answers[batch] = ask.apply(batches.get(batch));
            } catch (RuntimeException | Error e) {
                failures[batch] = e;
                failed = true;
            }
        }
    }

    private static void await(Thread other) {
        boolean interrupted = false;
        while (other.isAlive()) {
            try {
                other.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The first that is more than a refusal, since then jobs may be stored; or else the first. With what else failed. */
    private void throwFailure() {
        boolean any = Arrays.stream(answers).anyMatch(Objects::nonNull);
        List<Throwable> all = Arrays.stream(failures).filter(Objects::nonNull).toList();
        if (all.isEmpty()) {
            return;
        }
        Throwable first =
                all.stream().filter(each -> any || !isRefusal(each)).findFirst().orElse(all.getFirst());
        Throwable thrown = first instanceof StoreException e && (any || !isRefusal(e))
                ? new UnconfirmedException(prepared, e)
                : first;
        all.stream().filter(each -> !each.equals(first)).forEach(thrown::addSuppressed);
        if (thrown instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) thrown;
    }

    private static boolean isRefusal(Throwable e) {
        return e instanceof StoreException refused && refused.effect() == Effect.NONE;
    }

    private static List<List<NewJob>> batches(List<NewJob> jobs) {
        List<List<NewJob>> batches = new ArrayList<>();
        int from = 0;
        long bytes = 0;
        for (int i = 0; i < jobs.size(); i++) {
            long size = jobs.get(i).payload().size();
            if (i > from && (i - from == JobStore.BATCH_JOBS || bytes + size > BATCH_BYTES)) {
                batches.add(jobs.subList(from, i));
                from = i;
                bytes = 0;
            }
            bytes += size;
        }
        if (from < jobs.size()) {
            batches.add(jobs.subList(from, jobs.size()));
        }
        return batches;
    }
}
