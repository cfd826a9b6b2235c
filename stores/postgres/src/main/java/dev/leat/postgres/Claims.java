package dev.leat.postgres;

import dev.leat.api.ContentType;
import dev.leat.api.JobId;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.store.Claim;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Claimed.Left;
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
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Runs claims, and remembers how large blocks are so that the next claim locks about as many as it needs, and how far each lane
 * is claimed so that it does not walk over what others claimed before: as long as a snapshot is held, however old, those entries
 * stay in the index.
 */
final class Claims {
    private static final int PRIORITIES = NewJob.MIN_PRIORITY + 1;
    private static final int MOST_ROUNDS = 8;

    /** Of blocks; for more of them one statement for all costs less than some for each. */
    private static final int FEW = 4;

    /** So long after its time as a block usually becomes visible; what takes longer is found by a search from the beginning. */
    private static final long BEHIND_MICROS = 50_000;

    private final Database database;
    private final Lanes lanes;
    private final Map<Level, Long> marks = new ConcurrentHashMap<>();
    private final Rescue rescue = new Rescue(System::nanoTime);
    private volatile double jobsPerBlock = 1;
    /** Whether a search locked few blocks the last time. */
    private volatile boolean foundFew = true;

    /** @param lane its number */
    private record Level(int lane, int priority) {}

    Claims(Database database, Lanes lanes) {
        this.database = database;
        this.lanes = lanes;
    }

    /** Whether the next claim is to search from the start, for which there is a statement of its own. */
    boolean areOverdue() {
        return rescue.isOverdue();
    }

    /** The lanes must be interned. */
    Search search(ClaimRequest request) {
        return new Search(request);
    }

    /** One claim, which may take several statements. */
    final class Search {
        private final ClaimRequest request;
        private final List<Lane> wanted;
        private final Map<Long, LeaseRows> leases = new TreeMap<>();
        private final Map<Level, Long> reached = new HashMap<>();
        private boolean over;
        private int rounds;
        private int blocks;
        /** Whether the next statement is that for few blocks. */
        private boolean few;

        private boolean fromStart;
        private int jobs;
        private int jobsBefore;
        private long bytes;

        /** What the statement said that was answered last. */
        private int locked;

        private int lockedJobs;
        /** Whether others held what could have been locked. */
        private boolean contended;

        private boolean suspected;
        /** Whether there may be more of them. */
        private boolean moreSuspects;

        private boolean exhausted;

        Search(ClaimRequest request) {
            this.request = request;
            wanted = request.lanes().stream().distinct().toList();
            over = wanted.isEmpty();
            // One to spare if the need is close to whole blocks, since the first may be what others left of it.
            blocks = (int) Math.min(request.maxJobs(), Math.ceil(request.maxJobs() / jobsPerBlock + 0.5));
            few = foundFew || blocks <= FEW;
        }

        boolean isOver() {
            return over;
        }

        /** Asks until it is over. */
        Claimed run(Connection connection) throws SQLException {
            while (!over) {
                if (suspected) {
                    askForSuspects(connection);
                } else {
                    askForReady(connection);
                }
            }
            return claimed();
        }

        private void askForReady(Connection connection) throws SQLException {
            fromStart |= rounds == 0 && rescue.isDue();
            long began = System.nanoTime();
            try {
                ask(database.call(connection, statement())).rows(this::add);
            } finally {
                if (fromStart) {
                    rescue.took(System.nanoTime() - began);
                }
            }
            answered(rescue.isAffordable());
        }

        /**
         * Settles, and asks once, in one round trip and one transaction. There must be a lane. Not from the start: what takes
         * long must not keep jobs from being settled.
         */
        Search settleAndAsk(Connection connection, Settling settling) throws SQLException {
            Call both = settling.ask(database.callThenClaim(connection, settling.statement(), statement()));
            ask(both).rows(settling::add, this::add);
            answered(false);
            return this;
        }

        private String statement() {
            return few ? "claim_few" : "claim";
        }

        private void askForSuspects(Connection connection) throws SQLException {
            suspected = false;
            moreSuspects = true;
            set(database.call(connection, "claim_suspects"))
                    .array(
                            "lanes",
                            "int4",
                            wanted.stream().mapToInt(lanes::number).toArray())
                    .rows(this::addJob);
            over = hasEnough();
        }

        /** Sets the parameters of claim.sql. */
        private Call ask(Call call) throws SQLException {
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
            return set(call)
                    .array("lanes", "int4", laneNumbers)
                    .array("priorities", "int2", priorities)
                    .array("marks", "int8", from)
                    .set("blocks", mostLocked())
                    .set("suspects", rounds == 0 && request.suspects())
                    .set("again", rounds == 0)
                    .set("empty_handed", jobs == 0);
        }

        private int mostLocked() {
            return few ? Math.min(FEW, blocks) : blocks;
        }

        /** Sets the parameters of whatever claims. */
        private Call set(Call call) {
            jobsBefore = jobs;
            return call.set("claim_id", request.claimId())
                    .set("max_jobs", request.maxJobs() - jobs)
                    .set("max_bytes", request.maxBytes() - bytes)
                    .set("worker", request.worker())
                    .set("lease_seconds", Enqueuer.seconds(request.lease()))
                    .set("first_part", jobs);
        }

        /** Takes a row: that of the totals, or a job's. */
        private boolean add(ResultSet row) throws SQLException {
            row.getLong("lid");
            if (row.wasNull()) {
                locked = row.getInt("locked");
                lockedJobs = row.getInt("locked_jobs");
                contended = row.getBoolean("contended");
                suspected = row.getBoolean("suspects");
                return false;
            }
            return addJob(row);
        }

        private boolean addJob(ResultSet row) throws SQLException {
            long lid = row.getLong("lid");
            LeaseRows lease = leases.computeIfAbsent(lid, LeaseRows::new);
            int lane = row.getInt("lane");
            if (!row.wasNull()) {
                lease.describe(row, lanes.lane(lane));
                long pos = row.getLong("pos");
                if (!row.wasNull()) {
                    reached.merge(new Level(lane, lease.priority), pos, Math::max);
                }
            }
            Claim claim = new Claim(
                    new JobId(row.getLong("id")),
                    Payload.of(row.getBytes("payload"), ContentType.ofCode(row.getInt("content_type"))),
                    row.getInt("max_attempts"));
            jobs++;
            bytes += claim.payload().size();
            return lease.claims.add(claim);
        }

        /**
         * All rows of a statement were taken.
         *
         * @param rescued whether to search from the start if nothing was found
         */
        private void answered(boolean rescued) {
            // Back, too, if something was found behind: more may follow it there.
            reached.forEach((level, pos) -> marks.put(level, pos - BEHIND_MICROS));
            reached.clear();
            if (locked > 0) {
                jobsPerBlock = (jobsPerBlock + (double) lockedJobs / locked) / 2;
            }
            rounds++;
            if (suspected) {
                return;
            }
            boolean enough = hasEnough();
            boolean searchedAll = locked < mostLocked();
            foundFew = locked <= FEW && searchedAll;
            rescue.cameShort(!enough && searchedAll);
            boolean tookAll = locked > 0 && jobs - jobsBefore == lockedJobs;
            exhausted = tookAll && searchedAll && fromStart && !contended && !moreSuspects;
            over = enough
                    || rounds == MOST_ROUNDS
                    || (contended && jobs == 0)
                    || (searchedAll && (jobs > 0 || fromStart || !rescued));
            fromStart |= searchedAll;
            blocks = few ? blocks : Math.min(request.maxJobs(), blocks * 4);
            few = false;
        }

        private boolean hasEnough() {
            return jobs >= request.maxJobs() || bytes >= request.maxBytes();
        }

        Claimed claimed() {
            if (jobs == 0) {
                return contended ? Claimed.CONTENDED : Claimed.NOTHING;
            }
            return new Claimed(
                    leases.values().stream().map(LeaseRows::lease).toList(), exhausted ? Left.NOTHING : Left.MORE);
        }
    }

    /** A lease, and its jobs as they come. */
    private static final class LeaseRows {
        final LeaseId id;
        final List<Claim> claims = new ArrayList<>();

        @Nullable
        Lane lane;

        int priority;
        int attempt;
        boolean suspect;
        Instant until = Instant.MIN;

        LeaseRows(long lid) {
            id = new LeaseId(lid);
        }

        /** Takes what all its jobs share. */
        void describe(ResultSet row, Lane itsLane) throws SQLException {
            lane = itsLane;
            priority = row.getInt("priority");
            attempt = row.getInt("attempt");
            suspect = row.getInt("suspicion") > 0;
            until = row.getObject("lease_until", OffsetDateTime.class).toInstant();
        }

        Lease lease() {
            claims.sort(Comparator.comparing(Claim::job));
            return new Lease(
                    id,
                    Objects.requireNonNull(lane, "the first job of a lease"),
                    priority,
                    attempt,
                    suspect,
                    until,
                    claims);
        }
    }
}
