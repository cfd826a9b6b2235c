package dev.leat.bench.postgres;

import dev.leat.bench.Meter;
import dev.leat.bench.Sample;
import dev.leat.bench.Server;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/** Calls by so many callers over some time, each caller waiting for its answer before it calls again. */
record TimedCalls(Server server, int callers, Callers.Kind kind, Duration span) {
    /** Makes the call of one caller, with a connection of its own if it needs one. */
    @FunctionalInterface
    interface Calls {
        Call made() throws Exception;
    }

    /** One call, which returns when it is durable. */
    @FunctionalInterface
    interface Call {
        void run() throws Exception;
    }

    /**
     * Measures them.
     *
     * @param check is told how many calls there were
     */
    Sample measured(Calls calls, Check check) throws Exception {
        server.settle();
        Latencies latencies = new Latencies();
        LongAdder made = new LongAdder();
        AtomicReference<Meter> meter = new AtomicReference<>();
        Callers.run(
                callers,
                kind,
                () -> {
                    Call call = calls.made();
                    return () -> loop(call, made, latencies);
                },
                () -> meter.set(server.meter()));
        Sample sample = meter.get().sample(made.sum());
        check.check(made.sum());
        return latencies.in(sample);
    }

    /** See {@link #measured}. */
    @FunctionalInterface
    interface Check {
        void check(long calls) throws Exception;
    }

    private void loop(Call call, LongAdder made, Latencies latencies) throws Exception {
        Latencies own = new Latencies();
        long end = System.nanoTime() + span.toNanos();
        for (long from = System.nanoTime(); from - end < 0; ) {
            call.run();
            long now = System.nanoTime();
            own.add(now - from);
            made.increment();
            from = now;
        }
        latencies.addAll(own);
    }
}
