package dev.leat.verify.torture;

import dev.leat.api.JobId;
import dev.leat.api.StoreException;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.ForwardingJobStore;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Renewed;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Transactional;
import dev.leat.api.store.Turn;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * A store of which some calls are made again after they were answered: the same enqueues, settlements, also of long ago,
 * renewals and claims. What comes of the second call is dropped. It must be refused, or answered as the first was. Thread-safe.
 */
final class InsistentStore extends ForwardingJobStore {
    private static final int REMEMBERED = 1_000;
    private static final int OFTEN = 4;
    private static final int SELDOM = 16;

    private final RandomGenerator random;
    private final List<Settlement> answered = new ArrayList<>();

    InsistentStore(JobStore store, RandomGenerator random) {
        super(store);
        this.random = random;
    }

    @Override
    public List<Enqueued> enqueue(List<NewJob> jobs) {
        List<Enqueued> answers = super.enqueue(jobs);
        if (once(OFTEN)) {
            again(() -> super.enqueue(jobs));
        }
        return answers;
    }

    @Override
    public List<Settled> settle(List<Settlement> settlements) {
        List<Settled> answers = super.settle(settlements);
        settled(settlements);
        return answers;
    }

    @Override
    public Turn settleAndClaim(List<Settlement> settlements, ClaimRequest request) {
        Turn turn = super.settleAndClaim(settlements, request);
        settled(settlements);
        claimed(turn.claimed(), request);
        return turn;
    }

    @Override
    public Claimed claim(ClaimRequest request) {
        Claimed claimed = super.claim(request);
        claimed(claimed, request);
        return claimed;
    }

    @Override
    public List<Renewed> renew(List<LeaseId> held, Duration lease) {
        List<Renewed> answers = super.renew(held, lease);
        if (once(OFTEN)) {
            again(() -> super.renew(held, lease));
        }
        return answers;
    }

    @Override
    public <T> Optional<T> feature(Class<T> facet) {
        return facet == Transactional.class
                ? store.feature(Transactional.class).map(each -> facet.cast(new InsistentTransactional(each)))
                : store.feature(facet);
    }

    private void settled(List<Settlement> settlements) {
        if (settlements.isEmpty()) {
            return;
        }
        if (once(OFTEN)) {
            again(() -> super.settle(settlements));
        }
        List<Settlement> old = List.copyOf(remembered(settlements));
        if (!old.isEmpty()) {
            again(() -> super.settle(old));
        }
    }

    /** Only where something was handed out: an empty claim that is made again may hand out jobs that nobody would run. */
    private void claimed(Claimed claimed, ClaimRequest request) {
        if (!claimed.leases().isEmpty() && once(SELDOM)) {
            again(() -> super.claim(request));
        }
    }

    /** Now and then a few of those that were answered before. */
    private synchronized Set<Settlement> remembered(List<Settlement> latest) {
        Set<Settlement> old = new LinkedHashSet<>();
        if (!answered.isEmpty() && random.nextInt(OFTEN) == 0) {
            for (int i = 1 + random.nextInt(8); i > 0; i--) {
                old.add(answered.get(random.nextInt(answered.size())));
            }
        }
        remember(latest);
        return old;
    }

    private synchronized void remember(List<Settlement> latest) {
        answered.addAll(latest);
        if (answered.size() > REMEMBERED) {
            answered.subList(0, answered.size() - REMEMBERED).clear();
        }
    }

    private synchronized boolean once(int in) {
        return random.nextInt(in) == 0;
    }

    private static void again(Runnable call) {
        try {
            call.run();
        } catch (StoreException e) {
            // The first call was answered, and that is what counts for the caller.
        }
    }

    /** Its splits are made again, and its completions sent again later. */
    private final class InsistentTransactional implements Transactional {
        private final Transactional transactional;

        InsistentTransactional(Transactional transactional) {
            this.transactional = transactional;
        }

        @Override
        public List<Enqueued> enqueue(Connection connection, List<NewJob> jobs) {
            return transactional.enqueue(connection, jobs);
        }

        @Override
        public Optional<LeaseId> split(LeaseId lease, JobId job) {
            Optional<LeaseId> own = transactional.split(lease, job);
            if (once(OFTEN)) {
                again(() -> transactional.split(lease, job));
            }
            return own;
        }

        @Override
        public Settled settle(Connection connection, Settlement settlement) {
            Settled answer = transactional.settle(connection, settlement);
            remember(List.of(settlement));
            return answer;
        }

        @Override
        public Completion completion(LeaseId lease, JobId job) {
            return transactional.completion(lease, job);
        }
    }
}
