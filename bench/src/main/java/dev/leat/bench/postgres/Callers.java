package dev.leat.bench.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;

/** Threads that call something at the same time. */
final class Callers {
    private Callers() {}

    /** What a caller's thread is. */
    enum Kind {
        PLATFORM,
        VIRTUAL;

        ThreadFactory threads() {
            return switch (this) {
                case PLATFORM -> Thread.ofPlatform().factory();
                case VIRTUAL -> Thread.ofVirtual().factory();
            };
        }
    }

    /** Makes what a caller does, with all that it needs, on the caller's own thread. */
    @FunctionalInterface
    interface Caller {
        Loop prepared() throws Exception;
    }

    /** What a caller does once all are ready. */
    @FunctionalInterface
    interface Loop {
        void run() throws Exception;
    }

    /** Has so many callers do this; returns when all have. The first failure ends it. */
    static void run(int callers, Caller caller) throws Exception {
        run(callers, caller, () -> {});
    }

    /** The same, and calls this when all are ready and before they begin. */
    static void run(int callers, Caller caller, Loop ready) throws Exception {
        run(callers, Kind.PLATFORM, caller, ready);
    }

    /** The same on threads of this kind. */
    static void run(int callers, Kind kind, Caller caller, Loop ready) throws Exception {
        CountDownLatch prepared = new CountDownLatch(callers);
        CountDownLatch begin = new CountDownLatch(1);
        List<Future<?>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(callers, kind.threads())) {
            for (int i = 0; i < callers; i++) {
                running.add(threads.submit(() -> {
                    Loop loop;
                    try {
                        loop = caller.prepared();
                    } finally {
                        prepared.countDown();
                    }
                    begin.await();
                    loop.run();
                    return null;
                }));
            }
            prepared.await();
            ready.run();
            begin.countDown();
            for (Future<?> each : running) {
                each.get();
            }
        }
    }
}
