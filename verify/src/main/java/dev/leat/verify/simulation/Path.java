package dev.leat.verify.simulation;

import dev.leat.api.JobId;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.TenantName;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.ForwardingJobStore;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Operated;
import dev.leat.api.store.Promoted;
import dev.leat.api.store.Reclaimed;
import dev.leat.api.store.Renewed;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Turn;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One process's way to the store, on which calls get lost. */
final class Path extends ForwardingJobStore {
    private final Consumer<Runnable> late;
    private boolean cut;
    private @Nullable Fault next;

    /** @param late takes calls that are given up and arrive later */
    Path(JobStore store, Consumer<Runnable> late) {
        super(store);
        this.late = late;
    }

    void cut(boolean now) {
        cut = now;
    }

    boolean isCut() {
        return cut;
    }

    /** What becomes of the next call. */
    void failNext(Fault fault) {
        next = fault;
    }

    void heal() {
        cut = false;
        next = null;
    }

    private <T> T call(Supplier<T> call) {
        if (cut) {
            throw failure(Effect.NONE);
        }
        Fault fault = next;
        next = null;
        if (fault == null) {
            return call.get();
        }
        return switch (fault) {
            case REFUSED -> throw failure(Effect.NONE);
            case REQUEST_LOST -> throw failure(Effect.UNKNOWN);
            case REQUEST_LATE -> {
                late.accept(() -> {
                    var _ = call.get();
                });
                throw failure(Effect.UNKNOWN);
            }
            case ANSWER_LOST -> {
                var _ = call.get();
                throw failure(Effect.UNKNOWN);
            }
            case REQUEST_TWICE -> {
                T answer = call.get();
                var _ = call.get();
                yield answer;
            }
            default -> throw new IllegalArgumentException(fault.word());
        };
    }

    private static StoreException failure(Effect effect) {
        return new StoreException("The store does not answer.", effect, null);
    }

    @Override
    public List<Enqueued> enqueue(List<NewJob> jobs) {
        return call(() -> store.enqueue(jobs));
    }

    @Override
    public Claimed claim(ClaimRequest request) {
        return call(() -> store.claim(request));
    }

    @Override
    public List<Settled> settle(List<Settlement> settlements) {
        return call(() -> store.settle(settlements));
    }

    @Override
    public Turn settleAndClaim(List<Settlement> settlements, ClaimRequest request) {
        return call(() -> store.settleAndClaim(settlements, request));
    }

    @Override
    public List<Renewed> renew(List<LeaseId> held, Duration lease) {
        return call(() -> store.renew(held, lease));
    }

    @Override
    public Promoted promote(int max) {
        return call(() -> store.promote(max));
    }

    @Override
    public Reclaimed reclaim(int max) {
        return call(() -> store.reclaim(max));
    }

    @Override
    public <T> Optional<T> feature(Class<T> facet) {
        return facet == Operate.class
                ? store.feature(Operate.class).map(operate -> facet.cast(new OperatePath(operate)))
                : store.feature(facet);
    }

    @Override
    public void close() {
        // The store is the world's, not a process's.
    }

    private final class OperatePath implements Operate {
        private final Operate operate;

        OperatePath(Operate operate) {
            this.operate = operate;
        }

        @Override
        public List<Operated> cancel(TenantName tenant, List<JobId> ids) {
            return call(() -> operate.cancel(tenant, ids));
        }

        @Override
        public List<Operated> retry(TenantName tenant, List<JobId> ids) {
            return call(() -> operate.retry(tenant, ids));
        }

        @Override
        public List<Operated> amend(TenantName tenant, List<JobId> ids, Amendment amendment) {
            return call(() -> operate.amend(tenant, ids, amendment));
        }
    }
}
