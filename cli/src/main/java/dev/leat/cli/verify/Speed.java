package dev.leat.cli.verify;

import dev.leat.engine.Leat;
import dev.leat.engine.client.EnqueueOptions;
import dev.leat.engine.handler.JobKind;
import dev.leat.verify.torture.Stores;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How fast a store is for one process that just started: for an idea of it, and no benchmark.
 *
 * @param throughput jobs a second that were enqueued in calls of a thousand, and run meanwhile
 * @param p50 milliseconds from the call that enqueues one job to the start of its handler, at a hundred a second
 * @param p99 the same, of which one in a hundred takes longer
 */
record Speed(double throughput, double p50, double p99) {
    private static final JobKind<String> KIND = JobKind.of("verify-speed", String.class);
    private static final String UNTIMED = "";
    private static final int CALL = 1_000;
    private static final int FIRST = 2_000;
    private static final int MANY = 20_000;
    private static final int SINGLES = 300;
    private static final Duration GAP = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /**
     * Measures it with some twenty thousand jobs, which are completed and stay there.
     *
     * @throws CancellationException when {@code stop} is opened
     */
    static Speed of(Stores stores, CountDownLatch stop) throws InterruptedException {
        Semaphore ran = new Semaphore(0);
        Queue<Long> latencies = new ConcurrentLinkedQueue<>();
        try (Leat leat = Leat.open(stores.jobs(), stores.control())) {
            leat.handle(KIND, (sentAt, job) -> {
                if (!sentAt.equals(UNTIMED)) {
                    latencies.add(System.nanoTime() - Long.parseLong(sentAt));
                }
                ran.release();
            });
            leat.start();
            many(leat, ran, FIRST, stop);
            double throughput = many(leat, ran, MANY, stop);
            singles(leat, ran, stop);
            latencies.clear();
            singles(leat, ran, stop);
            return new Speed(throughput, quantile(latencies, 0.5), quantile(latencies, 0.99));
        }
    }

    /** How many a second; of so many jobs, or as many as can be enqueued in some seconds. */
    private static double many(Leat leat, Semaphore ran, int jobs, CountDownLatch stop) throws InterruptedException {
        long began = System.nanoTime();
        int sent = 0;
        while (sent < jobs && System.nanoTime() - began < LONGEST.toNanos()) {
            requireGoingOn(stop);
            leat.client().enqueueAll(KIND, Collections.nCopies(CALL, UNTIMED), EnqueueOptions.DEFAULT);
            sent += CALL;
        }
        await(ran, sent, stop);
        return sent / ((System.nanoTime() - began) / 1e9);
    }

    private static void singles(Leat leat, Semaphore ran, CountDownLatch stop) throws InterruptedException {
        long first = System.nanoTime();
        for (int i = 0; i < SINGLES; i++) {
            requireGoingOn(stop);
            for (long at = first + i * GAP.toNanos(), now = System.nanoTime(); now < at; now = System.nanoTime()) {
                LockSupport.parkNanos(at - now);
            }
            leat.enqueue(KIND, Long.toString(System.nanoTime()));
        }
        await(ran, SINGLES, stop);
    }

    private static void await(Semaphore ran, int jobs, CountDownLatch stop) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!ran.tryAcquire(jobs, 1, TimeUnit.SECONDS)) {
            requireGoingOn(stop);
            if (System.nanoTime() > end) {
                throw new IllegalStateException("of %,d jobs only %,d ran within %d s"
                        .formatted(jobs, ran.availablePermits(), PATIENCE.toSeconds()));
            }
        }
    }

    private static void requireGoingOn(CountDownLatch stop) {
        if (stop.getCount() == 0) {
            throw new CancellationException("stopped");
        }
    }

    private static double quantile(Queue<Long> nanos, double share) {
        List<Long> sorted = nanos.stream().sorted().toList();
        return sorted.get((int) (sorted.size() * share)) / 1e6;
    }
}
