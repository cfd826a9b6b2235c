package dev.leat.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Runs the same work on several threads that start at one moment. */
final class Race {
    /** Only so that a store which hangs fails its test instead of the build; nothing is measured. */
    private static final long PATIENCE_MINUTES = 3;

    private Race() {}

    /**
     * What each thread's work came to, by the number of the thread.
     *
     * @param work of a thread, by its number from 0
     */
    static <T> List<T> of(int threads, IntFunction<Callable<T>> work) throws Exception {
        return of(IntStream.range(0, threads).mapToObj(work).toList());
    }

    static <T> List<T> of(List<Callable<T>> works) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(works.size());
        try {
            CyclicBarrier start = new CyclicBarrier(works.size());
            List<Future<T>> running = new ArrayList<>();
            for (Callable<T> work : works) {
                running.add(pool.submit(() -> {
                    start.await();
                    return work.call();
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> each : running) {
                results.add(each.get(PATIENCE_MINUTES, TimeUnit.MINUTES));
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }
}
