package dev.leat.postgres;

import dev.leat.api.ContentType;
import dev.leat.api.JobId;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.store.Claim;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.NewJob;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Runs claims, and remembers how large blocks are so that the next claim locks about as many as it needs, and how far each lane
 * is claimed so that it does not walk over what others claimed before: as long as a snapshot is held, however old, those entries
 * stay in the index.
 */
final class Claims {
    private static final int PRIORITIES = NewJob.MIN_PRIORITY + 1;
    private static final int MOST_ROUNDS = 8;

    /** So long after its time as a block usually becomes visible; what takes longer is found by a search from the beginning. */
    private static final long BEHIND_MICROS = 50_000;

    private final Database database;
    private final Lanes lanes;
    private final Map<Level, Long> marks = new ConcurrentHashMap<>();
    private final Rescue rescue = new Rescue(System::nanoTime);
    private volatile double jobsPerBlock = 1;

    /** @param lane its number */
    private record Level(int lane, int priority) {}

    Claims(Database database, Lanes lanes) {
        this.database = database;
        this.lanes = lanes;
    }

    /** The lanes must be interned. */
    Claimed claim(Connection connection, ClaimRequest request) throws SQLException {
        List<Lane> wanted = request.lanes().stream().distinct().toList();
        Map<Long, LeaseRows> leases = new TreeMap<>();
        int blocks = blocks(request.maxJobs());
        int jobs = 0;
        long bytes = 0;
        boolean fromStart = rescue.isDue();
        for (int round = 0; round < MOST_ROUNDS && !wanted.isEmpty(); round++) {
            Round found = round(connection, request, wanted, blocks, jobs, bytes, round == 0, fromStart);
            for (JobRow row : found.jobs) {
                leases.computeIfAbsent(row.lid, lid -> new LeaseRows(row))
                        .claims
                        .add(row.claim);
                jobs++;
                bytes += row.claim.payload().size();
            }
            if (found.contended && jobs == 0) {
                return Claimed.CONTENDED;
            }
            if (found.locked > 0) {
                jobsPerBlock = (jobsPerBlock + (double) found.lockedJobs / found.locked) / 2;
            }
            boolean enough = jobs >= request.maxJobs() || bytes >= request.maxBytes();
            boolean searchedAll = found.locked < blocks;
            rescue.cameShort(!enough && searchedAll);
            if (enough || (searchedAll && (jobs > 0 || fromStart || !rescue.isAffordable()))) {
                break;
            }
            fromStart |= searchedAll;
            blocks = Math.min(request.maxJobs(), blocks * 4);
        }
        return Claimed.of(leases.values().stream().map(LeaseRows::lease).toList());
    }

    /** One to spare if the need is close to whole blocks, since the first may be what others left of it. */
    private int blocks(int jobs) {
        return (int) Math.min(jobs, Math.ceil(jobs / jobsPerBlock + 0.5));
    }

    /** @param jobs taken, and their bytes, by the rounds before */
    private Round round(
            Connection connection,
            ClaimRequest request,
            List<Lane> wanted,
            int blocks,
            int jobs,
            long bytes,
            boolean first,
            boolean fromStart)
            throws SQLException {
        int[] laneNumbers = new int[wanted.size() * PRIORITIES];
        short[] priorities = new short[wanted.size() * PRIORITIES];
        long[] from = new long[wanted.size() * PRIORITIES];
        for (int i = 0; i < laneNumbers.length; i++) {
            laneNumbers[i] = lanes.number(wanted.get(i % wanted.size()));
            priorities[i] = (short) (i / wanted.size());
            from[i] = fromStart
                    ? Long.MIN_VALUE
                    : marks.getOrDefault(new Level(laneNumbers[i], priorities[i]), Long.MIN_VALUE);
        }
        Round round = new Round();
        long began = System.nanoTime();
        database.call(connection, "claim")
                .set("claim_id", request.claimId())
                .array("lanes", "int4", laneNumbers)
                .array("priorities", "int2", priorities)
                .array("marks", "int8", from)
                .set("blocks", blocks)
                .set("max_jobs", request.maxJobs() - jobs)
                .set("max_bytes", request.maxBytes() - bytes)
                .set("worker", request.worker())
                .set("lease_seconds", Enqueuer.seconds(request.lease()))
                .set("suspects", first && request.suspects())
                .set("first_part", jobs)
                .set("again", first)
                .set("empty_handed", jobs == 0)
                .rows(row -> round.add(row, lanes));
        if (fromStart) {
            rescue.took(System.nanoTime() - began);
        }
        // Back, too, if something was found behind: more may follow it there.
        round.reached.forEach((level, pos) -> marks.put(level, pos - BEHIND_MICROS));
        return round;
    }

    /** What one statement found. */
    private static final class Round {
        final List<JobRow> jobs = new ArrayList<>();
        final Map<Level, Long> reached = new HashMap<>();
        int locked;
        int lockedJobs;
        boolean contended;

        /** Every row has the totals, and all but the only row of an empty answer have a job. */
        boolean add(ResultSet row, Lanes lanes) throws SQLException {
            locked = row.getInt("locked");
            lockedJobs = row.getInt("locked_jobs");
            contended = row.getBoolean("contended");
            row.getLong("lid");
            if (row.wasNull()) {
                return false;
            }
            long pos = row.getLong("pos");
            if (!row.wasNull()) {
                reached.merge(new Level(row.getInt("lane"), row.getInt("priority")), pos, Math::max);
            }
            return jobs.add(new JobRow(row, lanes));
        }
    }

    /** One job of a lease, with what all jobs of the lease share. */
    private static final class JobRow {
        final long lid;
        final Lane lane;
        final int priority;
        final int attempt;
        final boolean suspect;
        final Instant until;
        final Claim claim;

        JobRow(ResultSet row, Lanes lanes) throws SQLException {
            lid = row.getLong("lid");
            lane = lanes.lane(row.getInt("lane"));
            priority = row.getInt("priority");
            attempt = row.getInt("attempt");
            suspect = row.getInt("suspicion") > 0;
            until = row.getObject("lease_until", OffsetDateTime.class).toInstant();
            claim = new Claim(
                    new JobId(row.getLong("id")),
                    Payload.of(row.getBytes("payload"), ContentType.ofCode(row.getInt("content_type"))),
                    row.getInt("max_attempts"));
        }
    }

    private static final class LeaseRows {
        final JobRow any;
        final List<Claim> claims = new ArrayList<>();

        LeaseRows(JobRow any) {
            this.any = any;
        }

        Lease lease() {
            claims.sort(Comparator.comparing(Claim::job));
            return new Lease(new LeaseId(any.lid), any.lane, any.priority, any.attempt, any.suspect, any.until, claims);
        }
    }
}
