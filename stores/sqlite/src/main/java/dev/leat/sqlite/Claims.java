package dev.leat.sqlite;

import dev.leat.api.JobId;
import dev.leat.api.Lane;
import dev.leat.api.store.Claim;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Claimed.Left;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import dev.leat.sqlite.Session.Query;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Hands out jobs. What the totals say is nowhere is not looked for. */
final class Claims {
    private final Transaction tx;

    Claims(Transaction tx) {
        this.tx = tx;
    }

    Claimed claim(ClaimRequest request) throws SQLException {
        List<Lease> held = held(request);
        if (!held.isEmpty()) {
            return new Claimed(held, Left.MORE);
        }
        List<Integer> lanes = request.lanes().stream()
                .distinct()
                .flatMap(lane -> tx.lanes().known(lane).stream())
                .toList();
        Basket basket = new Basket(request);
        if (request.suspects()) {
            takeSuspects(basket, lanes);
        }
        takeReady(basket, lanes);
        return new Claimed(basket.leases, isAnyLeft(request, lanes) ? Left.MORE : Left.NOTHING);
    }

    /** What remains of the leases that were made for this request. */
    List<Lease> held(ClaimRequest request) throws SQLException {
        List<HeldLease> held = tx.query("lease_claimed")
                .set("claim_id", bytes(request.claimId()))
                .rows(HeldLease::read);
        List<Lease> leases = new ArrayList<>();
        for (HeldLease lease : held) {
            List<Claim> claims = tx.query("lease_members")
                    .set("lease", lease.id())
                    .set("ids", Ids.json(lease.members()))
                    .rows(row -> new Claim(
                            new JobId(row.getLong("id")),
                            Enqueuer.payload(row.getInt("content_type"), row.getBytes("payload")),
                            row.getInt("max_attempts")));
            leases.add(new Lease(
                    new LeaseId(lease.id()),
                    tx.lanes().lane(lease.lane()),
                    lease.priority(),
                    lease.attempt(),
                    lease.suspicion() > 0,
                    StoreTime.instant(lease.expiresAt()),
                    claims));
        }
        return leases;
    }

    private static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    private boolean isAnyLeft(ClaimRequest request, List<Integer> lanes) {
        return lanes.stream()
                .anyMatch(lane -> tx.totals().available(lane) > 0
                        || (request.suspects() && tx.totals().get(lane, Slot.SUSPECT) > 0));
    }

    // Normal jobs.

    private void takeReady(Basket basket, List<Integer> lanes) throws SQLException {
        for (int priority = 0; priority < Slot.SUSPECT; priority++) {
            for (int lane : lanes) {
                if (tx.totals().get(lane, priority) > 0 && !takeReady(basket, lane, priority)) {
                    return;
                }
            }
        }
    }

    /** @return whether there is room for more */
    private boolean takeReady(Basket basket, int lane, int priority) throws SQLException {
        List<Taken> taken = new ArrayList<>();
        boolean[] room = {basket.room() > 0};
        if (room[0]) {
            tx.query("ready_read")
                    .set("lane", lane)
                    .set("priority", priority)
                    .set("most", basket.room())
                    .each(row -> {
                        Taken next = Taken.read(row);
                        room[0] = basket.take(next);
                        if (room[0]) {
                            taken.add(next);
                        }
                        return room[0];
                    });
        }
        if (taken.isEmpty()) {
            return room[0];
        }
        record Alike(int attempt, int crashes) {}
        Map<Alike, List<Taken>> alike = new LinkedHashMap<>();
        for (Taken each : taken) {
            alike.computeIfAbsent(new Alike(each.attempt, each.crashes), key -> new ArrayList<>())
                    .add(each);
        }
        for (Map.Entry<Alike, List<Taken>> each : alike.entrySet()) {
            int attempt = each.getKey().attempt;
            int crashes = each.getKey().crashes;
            for (List<Taken> members : parts(each.getValue())) {
                basket.leases.add(lease(
                        basket.request,
                        new Standing(members.getFirst().claim.job(), lane, priority, attempt, crashes, 0),
                        claims(members),
                        () -> tx.query("ready_lease")
                                .set("lane", lane)
                                .set("priority", priority)
                                .set("first", members.getFirst().position)
                                .set("last", members.getLast().position)
                                .set("attempt", attempt)
                                .set("crashes", crashes)));
            }
        }
        tx.query("ready_taken")
                .set("lane", lane)
                .set("priority", priority)
                .set("last", taken.getLast().position)
                .update();
        tx.totals().add(lane, priority, -taken.size());
        return room[0];
    }

    private static List<List<Taken>> parts(List<Taken> alike) {
        List<List<Taken>> parts = new ArrayList<>();
        for (int from = 0; from < alike.size(); from += JobStore.LEASE_JOBS) {
            parts.add(alike.subList(from, Math.min(alike.size(), from + JobStore.LEASE_JOBS)));
        }
        return parts;
    }

    // Suspects.

    private void takeSuspects(Basket basket, List<Integer> lanes) throws SQLException {
        Optional<Suspects> most = mostSuspect(lanes);
        if (most.isEmpty()) {
            return;
        }
        Suspects alike = most.get();
        List<Taken> taken = new ArrayList<>();
        for (Taken each : tx.query("suspect_read")
                .set("lane", alike.lane)
                .set("suspicion", alike.suspicion)
                .set("priority", alike.priority)
                .set("attempt", alike.attempt)
                .set("crashes", alike.crashes)
                .set("most", alike.suspicion == Standing.ALONE ? 1 : JobStore.SUSPECTS_TOGETHER)
                .rows(Taken::read)) {
            if (basket.take(each)) {
                taken.add(each);
            }
        }
        for (Taken each : taken) {
            tx.query("suspect_remove").set("id", each.claim.job().value()).update();
        }
        tx.totals().add(alike.lane, Slot.SUSPECT, -taken.size());
        basket.leases.add(lease(
                basket.request,
                new Standing(
                        taken.getFirst().claim.job(),
                        alike.lane,
                        alike.priority,
                        alike.attempt,
                        alike.crashes,
                        alike.suspicion),
                claims(taken),
                () -> tx.query("running_lease")
                        .set(
                                "ids",
                                Ids.json(taken.stream()
                                        .map(each -> each.claim.job())
                                        .toList()))));
    }

    private Optional<Suspects> mostSuspect(List<Integer> lanes) throws SQLException {
        List<Suspects> first = new ArrayList<>();
        for (int lane : lanes) {
            if (tx.totals().get(lane, Slot.SUSPECT) > 0) {
                tx.query("suspect_first")
                        .set("lane", lane)
                        .first(row -> new Suspects(
                                lane,
                                row.getInt("suspicion"),
                                row.getLong("position"),
                                row.getInt("priority"),
                                row.getInt("attempt"),
                                row.getInt("crashes")))
                        .ifPresent(first::add);
            }
        }
        return first.stream()
                .min(Comparator.comparingInt(Suspects::suspicion).reversed().thenComparingLong(Suspects::position));
    }

    private record Suspects(int lane, int suspicion, long position, int priority, int attempt, int crashes) {}

    // Leases.

    private static List<Claim> claims(List<Taken> taken) {
        return taken.stream()
                .map(Taken::claim)
                .sorted(Comparator.comparing(Claim::job))
                .toList();
    }

    /**
     * Makes a lease of jobs that are alike.
     *
     * @param alike one of them, before it runs
     * @param claims by id
     * @param running has them run; the lease's id is still to be set
     */
    Lease lease(ClaimRequest request, Standing alike, List<Claim> claims, Running running) throws SQLException {
        long id = tx.nextLease();
        long expiresAt = tx.now() + StoreTime.micros(request.lease());
        int attempt = alike.attempt() + 1;
        tx.query("lease_add")
                .set("id", id)
                .set("claim_id", bytes(request.claimId()))
                .set("lane", alike.lane())
                .set("priority", alike.priority())
                .set("attempt", attempt)
                .set("crashes", alike.crashes())
                .set("suspicion", alike.suspicion())
                .set("worker", request.worker())
                .set("now", tx.now())
                .set("expires_at", expiresAt)
                .set("jobs", claims.size())
                .set("members", Ids.packed(claims.stream().map(Claim::job).toList()))
                .update();
        int run = running.query().set("lease", id).update();
        if (run != claims.size()) {
            throw new IllegalStateException(run + " jobs run of a lease of " + claims.size());
        }
        tx.totals().add(alike.lane(), Slot.RUNNING, run);
        Lane lane = tx.lanes().lane(alike.lane());
        return new Lease(
                new LeaseId(id),
                lane,
                alike.priority(),
                attempt,
                alike.suspicion() > 0,
                StoreTime.instant(expiresAt),
                claims);
    }

    interface Running {
        Query query() throws SQLException;
    }

    /** A job that may be taken. */
    private record Taken(Claim claim, long position, int attempt, int crashes) {
        static Taken read(ResultSet row) throws SQLException {
            return new Taken(
                    new Claim(
                            new JobId(row.getLong("id")),
                            Enqueuer.payload(row.getInt("content_type"), row.getBytes("payload")),
                            row.getInt("max_attempts")),
                    row.getLong("position"),
                    row.getInt("attempt"),
                    row.getInt("crashes"));
        }
    }

    /** What one claim takes, within its bounds. */
    private static final class Basket {
        final ClaimRequest request;
        final List<Lease> leases = new ArrayList<>();
        private int count;
        private long bytes;

        Basket(ClaimRequest request) {
            this.request = request;
        }

        int room() {
            return request.maxJobs() - count;
        }

        boolean take(Taken job) {
            int size = job.claim.payload().size();
            if (count >= request.maxJobs() || (count > 0 && bytes + size > request.maxBytes())) {
                return false;
            }
            count++;
            bytes += size;
            return true;
        }
    }
}
