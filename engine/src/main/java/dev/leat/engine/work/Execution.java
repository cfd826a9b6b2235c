package dev.leat.engine.work;

import dev.leat.api.ContentType;
import dev.leat.api.JobId;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.store.Claim;
import dev.leat.api.store.Failure;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settlement;
import dev.leat.engine.codec.Json;
import dev.leat.engine.codec.JsonException;
import dev.leat.engine.handler.JobContext;
import dev.leat.engine.handler.JobKind;
import dev.leat.engine.handler.JobSignal;
import dev.leat.engine.handler.LeaseLostException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
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
    private final Completions completions;
    private final ReentrantLock completing = new ReentrantLock();
    private final AtomicReference<@Nullable Stop> stop = new AtomicReference<>();
    private volatile Runnable interrupt = () -> {};
    private volatile @Nullable Payload result;

    /** The lease that holds the job: that of its claim, until it gets one of its own. */
    private volatile LeaseId token;

    /** Whether it has a lease of its own, or is getting one. */
    private volatile boolean apart;

    /** Whether a transaction of the handler's would have completed the job, if it committed. */
    private volatile boolean promised;

    /** Whether the handler has ended; by whoever holds {@link #completing}. */
    private boolean over;

    /** @param ended told when the run ends: with the settlement, or null if there is nothing to settle */
    Execution(
            Lease lease,
            Claim claim,
            Handlers.Handled<?> handled,
            HandlerThreads threads,
            Completions completions,
            BiConsumer<Execution, @Nullable Settlement> ended) {
        this.lease = lease;
        this.claim = claim;
        this.handled = handled;
        this.ended = ended;
        this.threads = threads;
        this.completions = completions;
        token = lease.id();
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

    /**
     * Gives it back while it runs; it can complete nothing any more.
     *
     * @return null if a transaction may be about to complete it, which must not be waited for
     */
    @Nullable
    Settlement abandon() {
        stop.set(Stop.LOST);
        return apart ? null : settlement(new Outcome.Release());
    }

    LeaseId token() {
        return token;
    }

    boolean isApart() {
        return apart;
    }

    Settlement settlement(Outcome outcome) {
        return new Settlement(token, claim.job(), outcome);
    }

    private void run() {
        Outcome outcome = outcome(handled);
        end();
        Settlement settlement = settlement(outcome);
        ended.accept(this, isLeftToUs(settlement) ? judged(settlement) : null);
    }

    /** Once another thread of the handler's is done with {@link #complete}, which may be giving the job another lease. */
    private void end() {
        completing.lock();
        try {
            over = true;
        } finally {
            completing.unlock();
        }
    }

    private boolean isLeftToUs(Settlement settlement) {
        return apart ? completions.areLeftToUs(settlement) && stop.get() != Stop.LOST : stop.get() != Stop.LOST;
    }

    /** What returned after a completion that was not committed has failed. */
    private Settlement judged(Settlement settlement) {
        if (!promised || !(settlement.outcome() instanceof Outcome.Completed)) {
            return settlement;
        }
        return settlement(
                stop.get() == Stop.RELEASED
                        ? new Outcome.Release()
                        : failed(Failure.of("the handler returned without having committed the transaction in which it"
                                + " completed the job; commit before returning, or throw to have the job"
                                + " tried again")));
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
            return stop.get() == Stop.RELEASED ? new Outcome.Release() : failed(failure(e));
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

    private Outcome failed(Failure failure) {
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

    @Override
    public void complete(Connection connection, Object value) {
        result(value);
        complete(connection);
    }

    @Override
    public void complete(Connection connection) {
        completions.check();
        completing.lock();
        try {
            if (over) {
                throw new IllegalStateException(
                        "job " + id() + " cannot be completed by this run: its handler has ended");
            }
            if (stop.get() == Stop.LOST) {
                throw new LeaseLostException(id());
            }
            Settlement completion = apart ? again() : apart();
            if (!completions.settle(connection, completion)) {
                throw new LeaseLostException(id());
            }
            promised = true;
        } finally {
            completing.unlock();
        }
    }

    /** The first time: under a lease of its own from now on. */
    private Settlement apart() {
        apart = true;
        Optional<LeaseId> own = Optional.empty();
        try {
            own = completions.split(token, this);
            token = own.orElseThrow(() -> new LeaseLostException(id()));
        } finally {
            apart = own.isPresent();
        }
        return settlement(new Outcome.Completed(result));
    }

    /** To settle it once more while the transaction before is open would wait for that, perhaps for ever. */
    private Settlement again() {
        Settlement completion = settlement(new Outcome.Completed(result));
        if (completions.isOpen(completion)) {
            throw new IllegalStateException(
                    "job " + id() + " is being completed by a transaction that is still open; commit"
                            + " it or roll it back before completing the job again");
        }
        return completion;
    }

    private static Payload written(Object value) {
        try {
            return Payload.of("result", Json.STRICT.writeBytes(value), ContentType.JSON);
        } catch (JsonException e) {
            throw new IllegalArgumentException("result: " + e.getMessage(), e);
        }
    }
}
