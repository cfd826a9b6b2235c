package dev.leat.verify.simulation;

import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.ForwardingJobStore;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Turn;
import java.util.List;
import java.util.stream.IntStream;

/** A store as another one is, but for what a bug overrides. A turn is a settlement and then a claim. */
class PassThrough extends ForwardingJobStore {
    PassThrough(JobStore store) {
        super(store);
    }

    /** Settles something else than was asked, and answers as if it were the same. */
    final List<Settled> settled(List<Settlement> asked, List<Settlement> instead) {
        List<Settled> answers = store.settle(instead);
        return IntStream.range(0, asked.size())
                .mapToObj(i -> new Settled(
                        asked.get(i).lease(), asked.get(i).job(), answers.get(i).answer()))
                .toList();
    }

    @Override
    public Turn settleAndClaim(List<Settlement> settlements, ClaimRequest request) {
        return new Turn(settle(settlements), claim(request));
    }
}
