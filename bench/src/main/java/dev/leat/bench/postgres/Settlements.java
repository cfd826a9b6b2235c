package dev.leat.bench.postgres;

import dev.leat.api.JobId;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.ForwardingJobStore;
import dev.leat.api.store.Handover;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Turn;
import dev.leat.bench.WrongResultException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/** A store whose accepted completions are counted, and whose claims are timed: what an application never sees. */
final class Settlements extends ForwardingJobStore {
    private static final long LONGEST_SECONDS = 3_600;

    private final IntConsumer settled;
    private final LongConsumer turned;
    private long accepted;
    private long wanted = Long.MAX_VALUE;

    /**
     * Around that store.
     *
     * @param settled told how many completions were accepted, whenever some were
     * @param turned told the nanoseconds that each settlement and claim in one took
     */
    Settlements(JobStore store, IntConsumer settled, LongConsumer turned) {
        super(store);
        this.settled = settled;
        this.turned = turned;
    }

    @Override
    public Handover enqueueAndClaim(NewJob job, ClaimRequest request) {
        return store.enqueueAndClaim(job, request);
    }

    @Override
    public List<Settled> settle(List<Settlement> settlements) {
        List<Settled> answers = store.settle(settlements);
        count(settlements, answers);
        return answers;
    }

    @Override
    public Turn settleAndClaim(List<Settlement> settlements, ClaimRequest request) {
        long from = System.nanoTime();
        Turn turn = store.settleAndClaim(settlements, request);
        turned.accept(System.nanoTime() - from);
        count(settlements, turn.settled());
        return turn;
    }

    private void count(List<Settlement> settlements, List<Settled> answers) {
        // A worker that is closed also gives jobs back, which are settled too, but not done.
        Set<JobId> undone = settlements.stream()
                .filter(each -> !(each.outcome() instanceof Outcome.Completed))
                .map(Settlement::job)
                .collect(Collectors.toSet());
        int more = (int) answers.stream()
                .filter(each -> each.accepted() && !undone.contains(each.job()))
                .count();
        if (more == 0) {
            return;
        }
        settled.accept(more);
        synchronized (this) {
            accepted += more;
            if (accepted >= wanted) {
                notifyAll();
            }
        }
    }

    synchronized long accepted() {
        return accepted;
    }

    /** Returns when so many have been accepted since the store was opened. */
    synchronized void await(long jobs) throws InterruptedException {
        wanted = jobs;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_SECONDS);
        while (accepted < jobs) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                throw new WrongResultException(
                        "only %,d of %,d jobs were settled in %,d s".formatted(accepted, jobs, LONGEST_SECONDS));
            }
            wait(left);
        }
    }
}
