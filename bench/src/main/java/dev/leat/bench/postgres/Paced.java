package dev.leat.bench.postgres;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Calls that are made when their time has come, each on a thread of its own, whether or not earlier ones have returned. */
final class Paced {
    private Paced() {}

    /** Makes so many, one every interval, and returns when all have returned. The first failure is thrown then. */
    static void run(long calls, Duration interval, Callers.Loop call) throws Exception {
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            long start = System.nanoTime();
            for (long i = 0; i < calls && failure.get() == null; i++) {
                await(start + i * interval.toNanos());
                threads.execute(() -> {
                    try {
                        call.run();
                    } catch (Exception e) {
                        failure.compareAndSet(null, e);
                    }
                });
            }
        }
        Exception first = failure.get();
        if (first != null) {
            throw first;
        }
    }

    private static void await(long time) {
        for (long left = time - System.nanoTime(); left > 0; left = time - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
