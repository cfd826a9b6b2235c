package dev.leat.bench.peers;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Puts jobs into a system and has it run them. Its twin for Node is {@code exercise.mjs}; the two measure the same from the
 * same moment to the same moment.
 *
 * <p>Not thread-safe.
 */
final class Exercise {
    private static final int UNMEASURED_SECONDS = 2;
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final JobSystem system;
    private int next;
    private int waiting;
    private long total;

    Exercise(JobSystem system) {
        this.system = system;
    }

    /**
     * What came of the jobs of a drain or a load, and how long it took.
     *
     * @param nanos from the start of the first handler to the commit of the last job's end; 0 for a load
     * @param micros from each call that enqueued to the start of the handler; empty for a drain
     * @param ran how many jobs ran
     * @param again how many runs were not the first of their job
     * @param kept how many jobs, all told, are remembered as done; null if they are deleted
     */
    record Ended(
            long nanos,
            List<Long> micros,
            int ran,
            int again,
            @Nullable Long kept) {}

    void install() throws Exception {
        system.install();
    }

    /** Enqueues jobs, so many in a call, one call after the other; returns the nanoseconds it took. */
    long bulk(int count, int batch) {
        long from = System.nanoTime();
        for (int sent = 0; sent < count; sent += batch) {
            List<Payload> payloads = new ArrayList<>(batch);
            for (int i = 0; i < Math.min(batch, count - sent); i++) {
                payloads.add(Payload.numbered(next++));
            }
            system.enqueueAll(payloads);
        }
        waiting += count;
        return System.nanoTime() - from;
    }

    /** Enqueues jobs one in a call, by callers that each wait for their answer before the next; returns the nanoseconds. */
    long single(int count, int callers) throws Exception {
        AtomicInteger number = new AtomicInteger(next);
        int last = next + count;
        Callable<@Nullable Void> caller = () -> {
            for (int n = number.getAndIncrement(); n < last; n = number.getAndIncrement()) {
                system.enqueue(Payload.numbered(n));
            }
            return null;
        };
        long nanos;
        try (ExecutorService threads = Executors.newFixedThreadPool(callers)) {
            long from = System.nanoTime();
            for (Future<@Nullable Void> done : threads.invokeAll(Collections.nCopies(callers, caller))) {
                done.get();
            }
            nanos = System.nanoTime() - from;
        }
        next = last;
        waiting += count;
        return nanos;
    }

    /** From the start of the first handler until the tables say that every job has ended. */
    Ended drain(int count) throws InterruptedException {
        if (count != waiting) {
            throw new IllegalStateException(waiting + " jobs wait, not " + count);
        }
        Tally tally = new Tally(next - count, count);
        system.start(tally);
        awaitEnd(tally);
        long nanos = System.nanoTime() - tally.firstStartNanos();
        system.stop();
        return ended(nanos, List.of(), tally);
    }

    /** Enqueues one job after the other at a rate, whether or not those before have run, beside the system's worker. */
    Ended offer(int rate, int seconds) throws InterruptedException, ExecutionException {
        int count = rate * (seconds + UNMEASURED_SECONDS);
        Tally tally = new Tally(next, count);
        long[] called = new long[count];
        system.start(tally);
        callAtRate(rate, called);
        next += count;
        waiting += count;
        awaitEnd(tally);
        system.stop();
        List<Long> micros = new ArrayList<>();
        for (int i = rate * UNMEASURED_SECONDS; i < count; i++) {
            micros.add(TimeUnit.NANOSECONDS.toMicros(tally.startedNanos(i) - called[i]));
        }
        return ended(0, micros, tally);
    }

    private void callAtRate(int rate, long[] called) throws InterruptedException, ExecutionException {
        int first = next;
        List<Future<?>> calls = new ArrayList<>(called.length);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            long from = System.nanoTime();
            while (calls.size() < called.length) {
                long due = (System.nanoTime() - from) * rate / TimeUnit.SECONDS.toNanos(1) + 1;
                while (calls.size() < Math.min(due, called.length)) {
                    int i = calls.size();
                    calls.add(threads.submit(() -> {
                        called[i] = System.nanoTime();
                        system.enqueue(Payload.numbered(first + i));
                    }));
                }
                LockSupport.parkNanos(TICK_NANOS);
            }
            for (Future<?> call : calls) {
                call.get();
            }
        }
    }

    private void awaitEnd(Tally tally) throws InterruptedException {
        tally.awaitAll();
        while (system.unfinished() > 0) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    private Ended ended(long nanos, List<Long> micros, Tally tally) {
        waiting -= tally.count();
        total += tally.count();
        OptionalLong kept = system.kept();
        if (kept.isPresent() && kept.getAsLong() != total) {
            throw new IllegalStateException(kept.getAsLong() + " jobs in history, not " + total);
        }
        return new Ended(nanos, micros, tally.ran(), tally.again(), kept.isPresent() ? (Long) kept.getAsLong() : null);
    }
}
