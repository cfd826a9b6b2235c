package dev.leat.redis;

import dev.leat.api.JobId;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.store.Claim;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Claimed.Left;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settled.Answer;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Turn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settles and claims, in one round trip.
 *
 * <p>Everybody waits for a script while it runs, so one settles at most {@value #STEP} jobs, and claims as many and no more bytes than
 * {@value #CLAIM_BYTES}, unless it is one job.
 */
final class Turns {
    static final int STEP = 1_000;
    static final int CLAIM_BYTES = 256 * 1024;

    /** The most bytes of results and failures in one call, after the first. */
    private static final int STEP_BYTES = 1 << 20;

    private final RedisLink link;
    private final JobLayout layout;
    private final RedisWakeups wakeups;

    Turns(RedisLink link, RedisWakeups wakeups, JobLayout layout) {
        this.link = link;
        this.layout = layout;
        this.wakeups = wakeups;
    }

    /** @param request null to claim nothing */
    Turn turn(List<Settlement> settlements, @Nullable ClaimRequest request) {
        List<Settled> settled = new ArrayList<>(settlements.size());
        Claimed claimed = Claimed.NOTHING;
        RedisLink.Progress progress = new RedisLink.Progress();
        List<List<Run>> steps = steps(settlements);
        for (int i = 0; i < steps.size(); i++) {
            List<Run> runs = steps.get(i);
            ClaimRequest asked = i == steps.size() - 1 ? request : null;
            claimed = progress.step(() -> step(runs, asked, settled));
        }
        return new Turn(settled, claimed);
    }

    private Claimed step(List<Run> runs, @Nullable ClaimRequest request, List<Settled> settled) {
        Arguments arguments = new Arguments();
        if (request == null) {
            arguments.add(0).add(0).add(0).add(0).add(0).add("").add(0);
        } else {
            arguments
                    .add(Math.min(STEP, request.maxJobs()))
                    .add(Math.min(CLAIM_BYTES, request.maxBytes()))
                    .add(Arguments.millis(request.lease()))
                    .add(request.worker())
                    .add(request.suspects() ? 1 : 0)
                    .add(request.claimId().toString())
                    .add(request.lanes().size());
            request.lanes().forEach(lane -> arguments.add(Ids.text(lane)));
        }
        for (Run run : runs) {
            arguments.add(run.header()).add(blob(run.outcome));
        }
        Reply reply = answered(request, arguments);
        Reply answers = reply.list();
        for (Run run : runs) {
            run.answered(answers.next(), settled);
        }
        List<Lease> leases = leases(reply.list());
        Left left = reply.number() == 1 ? Left.MORE : Left.NOTHING;
        wakeups.available(Ids.lanes(reply.list()));
        return new Claimed(leases, left);
    }

    /** The script's answer, once it was given all the streams that it needs. */
    private Reply answered(@Nullable ClaimRequest request, Arguments arguments) {
        while (true) {
            List<byte[]> streams = request == null ? layout.settled() : layout.claimed(request.lanes());
            Reply reply = link.run(layout.script("turn"), streams, arguments);
            if (reply.size() > 1) {
                return reply;
            }
            Reply missing = reply.list();
            while (missing.hasMore()) {
                layout.learn(Ids.lane(missing.next()), missing.number());
            }
        }
    }

    // Settlements.

    /** At least one step, possibly without any settlement. */
    private static List<List<Run>> steps(List<Settlement> settlements) {
        List<List<Run>> steps = new ArrayList<>();
        List<Run> step = new ArrayList<>();
        int jobs = 0;
        long bytes = 0;
        for (Settlement settlement : settlements) {
            if (jobs == STEP || bytes > STEP_BYTES) {
                steps.add(step);
                step = new ArrayList<>();
                jobs = 0;
                bytes = 0;
            }
            if (step.isEmpty() || !step.getLast().takes(settlement)) {
                step.add(new Run(settlement));
                bytes += blob(settlement.outcome()).length;
            } else {
                step.getLast().jobs++;
            }
            jobs++;
        }
        steps.add(step);
        return steps;
    }

    private static byte[] blob(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Completed(Payload result) -> result == null ? Arguments.NOTHING : Bodies.one(result);
            case Outcome.Discard(var failure) -> Notes.pack(failure);
            case Outcome.Cancelled(var reason) -> Notes.pack(reason);
            case Outcome.Retry(Duration after, var failure) -> Notes.pack(failure);
            case Outcome.Snooze snooze -> Arguments.NOTHING;
            case Outcome.Release release -> Arguments.NOTHING;
        };
    }

    /** Settlements of contiguous jobs under one lease with one outcome. */
    private static final class Run {
        final LeaseId lease;
        final JobId first;
        final Outcome outcome;
        int jobs = 1;

        Run(Settlement settlement) {
            lease = settlement.lease();
            first = settlement.job();
            outcome = settlement.outcome();
        }

        boolean takes(Settlement next) {
            boolean alike = !(outcome instanceof Outcome.Completed(Payload result)) || result == null;
            return alike
                    && next.lease().equals(lease)
                    && next.job().value() == first.value() + jobs
                    && Ids.areOnOnePage(first, next.job())
                    && next.outcome().equals(outcome);
        }

        String header() {
            return lease.value() + ":" + Ids.text(first) + ":" + jobs + ":" + code();
        }

        private String code() {
            return switch (outcome) {
                case Outcome.Completed completed -> "c:0";
                case Outcome.Discard discard -> "d:0";
                case Outcome.Cancelled cancelled -> "x:0";
                case Outcome.Retry(Duration after, var failure) -> "r:" + Arguments.millis(after);
                case Outcome.Snooze(Duration after) -> "s:" + Arguments.millis(after);
                case Outcome.Release release -> "f:0";
            };
        }

        /** @param answer 1 for all, 0 for none, or a digit for each */
        void answered(Object answer, List<Settled> settled) {
            for (int i = 0; i < jobs; i++) {
                boolean accepted = answer instanceof Long all ? all == 1 : ((byte[]) answer)[i] == '1';
                JobId job = new JobId(first.value() + i);
                settled.add(new Settled(lease, job, accepted ? Answer.ACCEPTED : Answer.STALE_LEASE));
            }
        }
    }

    // Claims.

    private static List<Lease> leases(Reply reply) {
        List<Lease> leases = new ArrayList<>();
        while (reply.hasMore()) {
            leases.add(lease(reply.list()));
        }
        return leases;
    }

    private static Lease lease(Reply reply) {
        LeaseId id = new LeaseId(reply.longNumber());
        Lane lane = Ids.lane(reply.next());
        int priority = reply.number();
        int attempt = reply.number();
        boolean suspect = reply.number() == 1;
        Instant end = reply.instant();
        List<Claim> claims = new ArrayList<>();
        while (reply.hasMore()) {
            addClaims(reply.list(), claims);
        }
        claims.sort(Comparator.comparing(Claim::job));
        return new Lease(id, lane, priority, attempt, suspect, end, claims);
    }

    private static void addClaims(Reply slice, List<Claim> claims) {
        JobId first = Ids.id(slice.next());
        int jobs = slice.number();
        int maxAttempts = slice.number();
        List<Payload> payloads = Bodies.unpack(slice.bytes(), jobs);
        byte[] own = slice.bytes();
        for (int i = 0; i < jobs; i++) {
            Payload payload = own.length == 0 ? payloads.get(i) : Bodies.one(own);
            claims.add(new Claim(new JobId(first.value() + i), payload, maxAttempts));
        }
    }
}
