package dev.leat.engine.work;

import dev.leat.api.ContentType;
import dev.leat.api.JobId;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.store.Claim;
import dev.leat.api.store.Failure;
import dev.leat.api.store.Lease;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settlement;
import dev.leat.engine.codec.Json;
import dev.leat.engine.codec.JsonException;
import dev.leat.engine.handler.JobContext;
import dev.leat.engine.handler.JobKind;
import dev.leat.engine.handler.JobSignal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One run of one job. Reports its outcome exactly once, or not at all if its lease is lost. */
final class Execution implements JobContext {
    /** Why a handler is interrupted. */
    private enum Stop {
        /** The lease is lost: whatever the handler does now, it can settle nothing. */
        LOST,
        /** The worker closes: the job goes back unfinished. */
        RELEASED
    }

    private final Lease lease;
    private final Claim claim;
    private final Handlers.Handled<?> handled;
    private final BiConsumer<Execution, @Nullable Settlement> ended;
    private final HandlerThreads threads;
    private final AtomicReference<@Nullable Stop> stop = new AtomicReference<>();
    private volatile Runnable interrupt = () -> {};
    private volatile @Nullable Payload result;

    /** @param ended told when the run ends: with the settlement, or null if the lease is lost */
    Execution(
            Lease lease,
            Claim claim,
            Handlers.Handled<?> handled,
            HandlerThreads threads,
            BiConsumer<Execution, @Nullable Settlement> ended) {
        this.lease = lease;
        this.claim = claim;
        this.handled = handled;
        this.ended = ended;
        this.threads = threads;
    }

    void start() {
        interrupt = threads.start("leat-" + lease.lane().kind() + "-" + claim.job(), this::run);
        if (stop.get() != null) {
            // Told so while there was nothing to interrupt.
            interrupt.run();
        }
    }

    /** Interrupts the handler; its outcome is dropped. */
    void lose() {
        stop(Stop.LOST);
    }

    /** Interrupts the handler; if it ends by failing, the job goes back without costing an attempt. */
    void release() {
        stop(Stop.RELEASED);
    }

    private void stop(Stop why) {
        if (stop.compareAndSet(null, why)) {
            interrupt.run();
        }
    }

    Settlement settlement(Outcome outcome) {
        return new Settlement(lease.id(), claim.job(), outcome);
    }

    private void run() {
        Outcome outcome = outcome(handled);
        ended.accept(this, stop.get() == Stop.LOST ? null : settlement(outcome));
    }

    private <P> Outcome outcome(Handlers.Handled<P> by) {
        if (stop.get() != null) {
            // Stopped before it began.
            return new Outcome.Release();
        }
        try {
            by.handler().handle(read(by), this);
            return new Outcome.Completed(result);
        } catch (JobSignal signal) {
            return signal.outcome() instanceof Outcome.Retry retry && isLast()
                    ? new Outcome.Discard(retry.failure())
                    : signal.outcome();
        } catch (Throwable e) {
            // Errors too: one job's stack overflow is that job's failure, and must not go unsettled.
            return stop.get() == Stop.RELEASED ? new Outcome.Release() : failed(e);
        }
    }

    private <P> P read(Handlers.Handled<P> by) {
        JobKind<P> kind = by.kind();
        if (kind.payload() == Payload.class) {
            return kind.payload().cast(claim.payload());
        }
        try {
            return Json.STRICT.read(claim.payload().bytes(), kind.payload());
        } catch (JsonException e) {
            throw by.handler().unreadable(e);
        }
    }

    private Outcome failed(Throwable e) {
        Failure failure = failure(e);
        return isLast()
                ? new Outcome.Discard(failure)
                : new Outcome.Retry(handled.kind().retry().after(attempt(), ThreadLocalRandom.current()), failure);
    }

    private boolean isLast() {
        return attempt() >= maxAttempts();
    }

    private static Failure failure(Throwable e) {
        try {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            String message = e.getMessage() == null || e.getMessage().isBlank() ? e.toString() : e.getMessage();
            return new Failure(message, trace.toString());
        } catch (Throwable worse) {
            // An exception is the handler's code too: it may have nothing to say, or fail when it is asked.
            return Failure.of(e.getClass().getName());
        }
    }

    @Override
    public JobId id() {
        return claim.job();
    }

    @Override
    public Lane lane() {
        return lease.lane();
    }

    @Override
    public int attempt() {
        return lease.attempt();
    }

    @Override
    public int maxAttempts() {
        return claim.maxAttempts();
    }

    @Override
    public void result(Object value) {
        result = value instanceof Payload payload ? payload : written(value);
    }

    private static Payload written(Object value) {
        try {
            return Payload.of("result", Json.STRICT.writeBytes(value), ContentType.JSON);
        } catch (JsonException e) {
            throw new IllegalArgumentException("result: " + e.getMessage(), e);
        }
    }
}
