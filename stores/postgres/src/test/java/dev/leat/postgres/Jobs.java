package dev.leat.postgres;

import dev.leat.api.JobId;
import dev.leat.api.KindName;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Due;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.UniqueKey;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;

/** Jobs and claims for the tests of this store, with a value for everything that a test does not care about. */
final class Jobs {
    static final Lane LANE = new Lane(new TenantName("main"), QueueName.DEFAULT, new KindName("mail"));

    private Jobs() {}

    static NewJob job(long id) {
        return job(id, Payload.json("{\"to\":" + id + "}"), Due.now());
    }

    static NewJob job(long id, Payload payload, Due due) {
        return new NewJob(
                new JobId(id), 7 * id, LANE, payload, NewJob.DEFAULT_PRIORITY, NewJob.DEFAULT_MAX_ATTEMPTS, due);
    }

    static NewJob keyed(NewJob job, UniqueKey key) {
        return new NewJob(
                job.id(), job.nonce(), job.lane(), job.payload(), job.priority(), job.maxAttempts(), job.due(), key);
    }

    /** Jobs that do not stand side by side, so that each is a block of its own. */
    static List<NewJob> scattered(int n) {
        return LongStream.rangeClosed(1, n).mapToObj(i -> job(2 * i)).toList();
    }

    static ClaimRequest claim(int most) {
        return claim(UUID.randomUUID(), most);
    }

    static ClaimRequest claim(UUID id, int most) {
        return new ClaimRequest(id, 1, List.of(LANE), most, Long.MAX_VALUE, Duration.ofHours(1), false);
    }
}
