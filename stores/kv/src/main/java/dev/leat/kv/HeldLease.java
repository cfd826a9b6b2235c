package dev.leat.kv;

import dev.leat.api.JobId;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What all jobs of a lease have in common.
 *
 * @param alike one of them, as it runs
 * @param members the jobs it still holds, and their most attempts
 */
record HeldLease(
        long id, UUID claim, Standing alike, int worker, long startedAt, long expiresAt, Map<JobId, Integer> members) {
    private static final int MEMBER_BYTES = Long.BYTES + Integer.BYTES;

    static Optional<HeldLease> of(Contents contents, long id) {
        return contents.get(Keys.lease(id)).map(content -> read(id, content));
    }

    static HeldLease read(long id, ByteBuffer content) {
        UUID claim = new UUID(content.getLong(), content.getLong());
        int lane = (int) content.getLong();
        int priority = (int) content.getLong();
        int attempt = (int) content.getLong();
        int crashes = (int) content.getLong();
        int suspicion = (int) content.getLong();
        int worker = (int) content.getLong();
        long startedAt = content.getLong();
        long expiresAt = content.getLong();
        Map<JobId, Integer> members = new TreeMap<>();
        while (content.hasRemaining()) {
            members.put(new JobId(content.getLong()), content.getInt());
        }
        Entry<JobId, Integer> first = members.entrySet().iterator().next();
        Standing alike = new Standing(first.getKey(), lane, priority, attempt, first.getValue(), crashes, suspicion);
        return new HeldLease(id, claim, alike, worker, startedAt, expiresAt, members);
    }

    void put(Draft draft) {
        ByteBuffer packed = ByteBuffer.allocate(MEMBER_BYTES * members.size());
        members.forEach((job, maxAttempts) -> packed.putLong(job.value()).putInt(maxAttempts));
        draft.put(
                Keys.lease(id),
                packed.array(),
                claim.getMostSignificantBits(),
                claim.getLeastSignificantBits(),
                alike.lane(),
                alike.priority(),
                alike.attempt(),
                alike.crashes(),
                alike.suspicion(),
                worker,
                startedAt,
                expiresAt);
        draft.put(Keys.claim(claim, id), "");
    }

    /** It ends with its last job. */
    void putRest(Draft draft, Map<JobId, Integer> rest) {
        if (rest.isEmpty()) {
            draft.remove(Keys.lease(id));
            draft.remove(Keys.claim(claim, id));
        } else {
            new HeldLease(id, claim, alike, worker, startedAt, expiresAt, rest).put(draft);
        }
    }

    HeldLease until(long end) {
        return new HeldLease(id, claim, alike, worker, startedAt, end, members);
    }

    /** One of its jobs, as it runs. */
    Place place(JobId job, int maxAttempts) {
        return Place.running(
                new Standing(
                        job,
                        alike.lane(),
                        alike.priority(),
                        alike.attempt(),
                        maxAttempts,
                        alike.crashes(),
                        alike.suspicion()),
                new Place.Run(id, worker, startedAt));
    }
}
