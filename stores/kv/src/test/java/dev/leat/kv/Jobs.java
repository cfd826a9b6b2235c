package dev.leat.kv;

import dev.leat.api.ContentType;
import dev.leat.api.JobId;
import dev.leat.api.KindName;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.Claim;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;

/** Jobs and claims for the tests of this store, with a value for everything that a test does not care about. */
final class Jobs {
    static final Lane LANE = new Lane(TenantName.MAIN, QueueName.DEFAULT, new KindName("mail"));

    private Jobs() {}

    static NewJob job(long id) {
        return job(id, Payload.json("{\"to\":" + id + "}"), Due.now());
    }

    static NewJob job(long id, Payload payload, Due due) {
        return new NewJob(
                new JobId(id), 7 * id, LANE, payload, NewJob.DEFAULT_PRIORITY, NewJob.DEFAULT_MAX_ATTEMPTS, due);
    }

    static NewJob large(long id) {
        return job(id, Payload.of(new byte[100_000], ContentType.BYTES), Due.now());
    }

    static List<NewJob> jobs(long first, int n) {
        return LongStream.range(first, first + n).mapToObj(Jobs::job).toList();
    }

    static List<Enqueued> accepted(List<NewJob> jobs) {
        return jobs.stream()
                .<Enqueued>map(job -> new Enqueued.Accepted(job.id()))
                .toList();
    }

    static ClaimRequest claim(int most) {
        return claim(most, Duration.ofHours(1));
    }

    /** Suspects too. */
    static ClaimRequest claim(int most, Duration lease) {
        return new ClaimRequest(UUID.randomUUID(), 1, List.of(LANE), most, Long.MAX_VALUE, lease, true);
    }

    static List<Settlement> completed(List<Lease> leases) {
        List<Settlement> settlements = new ArrayList<>();
        for (Lease lease : leases) {
            for (Claim claim : lease.claims()) {
                settlements.add(new Settlement(lease.id(), claim.job(), new Outcome.Completed(null)));
            }
        }
        return settlements;
    }
}
