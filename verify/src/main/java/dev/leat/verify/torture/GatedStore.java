package dev.leat.verify.torture;

import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.ForwardingJobStore;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Turn;
import dev.leat.verify.torture.Gate.Moment;
import java.util.List;
import java.util.Set;

/** A store whose callers come past a gate. */
final class GatedStore extends ForwardingJobStore {
    private final Gate gate;
    private final Set<Moment> moments;

    /** @param moments the only ones at which callers are held here */
    GatedStore(JobStore store, Gate gate, Set<Moment> moments) {
        super(store);
        this.gate = gate;
        this.moments = moments;
    }

    @Override
    public List<Enqueued> enqueue(List<NewJob> jobs) {
        pass(Moment.ENQUEUE_IN_FLIGHT);
        List<Enqueued> answers = super.enqueue(jobs);
        pass(Moment.ENQUEUE_REPLY);
        return answers;
    }

    @Override
    public Claimed claim(ClaimRequest request) {
        return handedOut(super.claim(request));
    }

    @Override
    public List<Settled> settle(List<Settlement> settlements) {
        settling(settlements);
        return super.settle(settlements);
    }

    @Override
    public Turn settleAndClaim(List<Settlement> settlements, ClaimRequest request) {
        settling(settlements);
        Turn turn = super.settleAndClaim(settlements, request);
        handedOut(turn.claimed());
        return turn;
    }

    private void settling(List<Settlement> settlements) {
        if (!settlements.isEmpty()) {
            pass(Moment.BEFORE_SETTLE);
            pass(Moment.SETTLE_IN_FLIGHT);
        }
    }

    private Claimed handedOut(Claimed claimed) {
        if (!claimed.leases().isEmpty()) {
            pass(Moment.CLAIM_REPLY);
        }
        return claimed;
    }

    private void pass(Moment moment) {
        if (moments.contains(moment)) {
            gate.pass(moment);
        }
    }
}
