package dev.leat.bench.postgres;

import dev.leat.engine.handler.Handler;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/** What handlers do in a bench. */
final class Handlers {
    static final Handler<String> NOTHING = (payload, job) -> {};

    private static final String NEVER = "never ";

    private Handlers() {}

    /** Takes that long, as one that waits for another service does. */
    static Handler<String> taking(Duration time) {
        return (payload, job) -> pass(time.toNanos());
    }

    /** Takes that long for one job in so many, and nothing for the others. */
    static Handler<String> taking(Duration time, int oneIn) {
        return (payload, job) -> {
            if (job.id().value() % oneIn == 0) {
                pass(time.toNanos());
            }
        };
    }

    /** Takes any time up to that, so that jobs end in another order than they began. */
    static Handler<String> takingUpTo(Duration time) {
        return (payload, job) -> pass(ThreadLocalRandom.current().nextLong(time.toNanos()));
    }

    /** Also leaves this as its result. */
    static Handler<String> leaving(String result, Handler<String> handler) {
        return (payload, job) -> {
            handler.handle(payload, job);
            job.result(result);
        };
    }

    /** A payload that says what time it is, by the clock that all processes of the machine share. */
    static String now() {
        return System.nanoTime() + " " + Payloads.SMALL.substring(0, 170);
    }

    /** A payload as long that says no time. */
    static String never() {
        return NEVER + now().substring(NEVER.length());
    }

    /** Notes how long ago the time in the payload was, which {@link #now} wrote; nothing if it says {@link #never}. */
    static Handler<String> noting(Latencies latencies) {
        return (payload, job) -> {
            if (!payload.startsWith(NEVER)) {
                latencies.add(System.nanoTime() - Long.parseLong(payload.substring(0, payload.indexOf(' '))));
            }
        };
    }

    private static void pass(long nanos) {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
