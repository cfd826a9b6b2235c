package dev.leat.kv;

import dev.leat.api.JobId;
import dev.leat.api.store.Claim;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Claimed.Left;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Hands out jobs. What the totals say is nowhere is not looked for. */
final class Claims {
    private final Transaction tx;
    private final Draft draft;
    private final Moves moves;

    Claims(Transaction tx) {
        this.tx = tx;
        draft = tx.draft();
        moves = new Moves(tx);
    }

    Claimed claim(ClaimRequest request) {
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
    List<Lease> held(ClaimRequest request) {
        List<Long> ids = new ArrayList<>();
        byte[] start = Keys.claim(request.claimId());
        draft.each(
                start,
                start,
                (key, content) -> ids.add(Keys.behind(key, start.length).getLong()));
        List<Lease> leases = new ArrayList<>();
        for (long id : ids) {
            HeldLease lease = HeldLease.of(draft, id).orElseThrow();
            List<Claim> claims = new ArrayList<>();
            lease.members().forEach((job, maxAttempts) -> claims.add(claim(job, maxAttempts)));
            leases.add(view(lease, claims));
        }
        return leases;
    }

    private Claim claim(JobId job, int maxAttempts) {
        return new Claim(job, StoredJob.payload(draft, job), maxAttempts);
    }

    private Lease view(HeldLease lease, List<Claim> claims) {
        Standing alike = lease.alike();
        return new Lease(
                new LeaseId(lease.id()),
                tx.lanes().lane(alike.lane()),
                alike.priority(),
                alike.attempt(),
                alike.suspicion() > 0,
                StoreTime.instant(lease.expiresAt()),
                claims);
    }

    private boolean isAnyLeft(ClaimRequest request, List<Integer> lanes) {
        return lanes.stream()
                .anyMatch(lane -> tx.totals().available(lane) > 0
                        || (request.suspects() && tx.totals().get(lane, Slot.SUSPECT) > 0));
    }

    // Normal jobs.

    private void takeReady(Basket basket, List<Integer> lanes) {
        for (int priority = 0; priority < Slot.SUSPECT; priority++) {
            for (int lane : lanes) {
                if (tx.totals().get(lane, priority) > 0 && !takeReady(basket, Keys.ready(lane, priority))) {
                    return;
                }
            }
        }
    }

    /** Returns whether there is room for more. */
    private boolean takeReady(Basket basket, byte[] line) {
        List<InLine> next = new ArrayList<>();
        if (basket.room() > 0) {
            draft.eachInLine(line, (key, content) -> {
                next.add(InLine.read(Keys.behind(key, line.length).getLong(), content));
                return next.size() < basket.room();
            });
        }
        record Alike(int attempt, int crashes) {}
        Map<Alike, Taken> alike = new LinkedHashMap<>();
        boolean room = basket.room() > 0;
        for (InLine each : next) {
            Claim claim = claim(each.job().id(), each.job().maxAttempts());
            room = basket.take(claim);
            if (!room) {
                break;
            }
            moves.leave(each.available());
            alike.computeIfAbsent(new Alike(each.job().attempt(), each.job().crashes()), key -> new Taken())
                    .add(each.job(), claim);
        }
        for (Taken taken : alike.values()) {
            taken.lease(basket);
        }
        return room;
    }

    // Suspects.

    private void takeSuspects(Basket basket, List<Integer> lanes) {
        Optional<InLine> most = lanes.stream()
                .filter(lane -> tx.totals().get(lane, Slot.SUSPECT) > 0)
                .flatMap(lane -> firstSuspect(lane).stream())
                .min(Comparator.<InLine>comparingInt(each -> -each.job().suspicion())
                        .thenComparingLong(InLine::at));
        if (most.isEmpty()) {
            return;
        }
        Taken taken = new Taken();
        for (InLine each : goingWith(most.get().job())) {
            Claim claim = claim(each.job().id(), each.job().maxAttempts());
            if (basket.take(claim)) {
                moves.leave(each.available());
                taken.add(each.job(), claim);
            }
        }
        taken.lease(basket);
    }

    private Optional<InLine> firstSuspect(int lane) {
        List<InLine> first = new ArrayList<>();
        byte[] line = Keys.suspects(lane);
        draft.eachInLine(line, (key, content) -> {
            first.add(InLine.read(Keys.behind(key, line.length + 1).getLong(), content));
            return false;
        });
        return first.stream().findFirst();
    }

    private List<InLine> goingWith(Standing most) {
        int together = most.suspicion() == Standing.ALONE ? 1 : JobStore.SUSPECTS_TOGETHER;
        List<InLine> group = new ArrayList<>();
        byte[] line = Keys.suspects(most.lane());
        draft.eachInLine(line, (key, content) -> {
            InLine next = InLine.read(Keys.behind(key, line.length + 1).getLong(), content);
            Standing job = next.job();
            if (job.suspicion() == most.suspicion()
                    && job.priority() == most.priority()
                    && job.attempt() == most.attempt()
                    && job.crashes() == most.crashes()) {
                group.add(next);
            }
            return group.size() < together;
        });
        return group;
    }

    // Leases.

    /**
     * Makes a lease of jobs that are alike.
     *
     * @param jobs as they were before they run
     * @param claims of the same jobs, in any order
     */
    Lease lease(ClaimRequest request, List<Standing> jobs, List<Claim> claims) {
        Standing alike = jobs.getFirst().withAttempt(jobs.getFirst().attempt() + 1);
        Map<JobId, Integer> members = new TreeMap<>();
        jobs.forEach(job -> members.put(job.id(), job.maxAttempts()));
        HeldLease lease = new HeldLease(
                tx.nextLease(),
                request.claimId(),
                alike,
                request.worker(),
                tx.now(),
                tx.now() + StoreTime.micros(request.lease()),
                members);
        lease.put(draft);
        members.forEach((job, maxAttempts) -> moves.toRunning(lease.place(job, maxAttempts)));
        return view(
                lease, claims.stream().sorted(Comparator.comparing(Claim::job)).toList());
    }

    /** Jobs that are alike, in the order in which they were taken. */
    private final class Taken {
        private final List<Standing> jobs = new ArrayList<>();
        private final List<Claim> claims = new ArrayList<>();

        void add(Standing job, Claim claim) {
            jobs.add(job);
            claims.add(claim);
        }

        void lease(Basket basket) {
            for (int from = 0; from < jobs.size(); from += JobStore.LEASE_JOBS) {
                int to = Math.min(jobs.size(), from + JobStore.LEASE_JOBS);
                basket.leases.add(Claims.this.lease(basket.request, jobs.subList(from, to), claims.subList(from, to)));
            }
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

        boolean take(Claim job) {
            int size = job.payload().size();
            if (count >= request.maxJobs() || (count > 0 && bytes + size > request.maxBytes())) {
                return false;
            }
            count++;
            bytes += size;
            return true;
        }
    }
}
