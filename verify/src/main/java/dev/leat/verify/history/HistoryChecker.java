package dev.leat.verify.history;

import dev.leat.api.JobId;
import dev.leat.api.store.JobStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Judges a history, event by event in the order of time, against {@link Invariant}. Takes constant time for an event and
 * memory for each job. Not thread-safe.
 *
 * <p>It only calls a violation what no order of the calls in flight could explain: a call may have happened at any moment
 * between its two ends, one without an answer at any later moment or never. Times of the store are known from the leases it
 * gave, and its clock is taken never to run backwards.
 */
public final class HistoryChecker implements Consumer<Event> {
    /** The most violations that are told. */
    public static final int MOST_VIOLATIONS = 100;

    /**
     * The fault that ends a process for good; what follows after a dash says when in its work. All others last until they are
     * mended.
     */
    public static final String KILL = "kill";

    private static final Set<Op> NEEDS_JOB = EnumSet.of(Op.ENQUEUE, Op.SETTLE, Op.CANCEL, Op.RETRY, Op.FINAL);

    private final long slack;
    private final Map<Long, JobTrace> jobs = new HashMap<>();
    private final Map<Long, LeaseTrace> leases = new HashMap<>();
    private final Map<CallId, Call> calls = new HashMap<>();
    private final Map<String, Holder> holders = new HashMap<>();
    private final Map<Keyed, Long> keys = new HashMap<>();
    private final Map<Long, String> leaders = new HashMap<>();
    private final List<Violation> violations = new ArrayList<>();

    /** The store's clock had come at least so far. */
    private long storeTime = Long.MIN_VALUE;

    private long epoch = Long.MIN_VALUE;

    /** Any of these may have handed out one job alone, of which nobody heard. */
    private int unansweredClaims;

    // Time in which nothing is broken and no suspects are run.
    private int broken;
    private long calm;
    private long calmSince = Long.MIN_VALUE;

    /** Leases of suspects that a worker may be at work on: others may have to wait for them. */
    private final Map<Long, LeaseTrace> suspects = new HashMap<>();

    private long events;
    private long acknowledged;
    private long completed;
    private long redeliveries;
    private long stale;
    private long faults;
    private long lost;
    private long doubled;
    private long staleAccepted;
    private long violated;

    /**
     * Begins with nothing known.
     *
     * @param slack how long, in time without faults and without suspects at work, and after its lease, a dead worker's job may
     *     wait to run again
     */
    public HistoryChecker(Duration slack) {
        this.slack = slack.toNanos();
    }

    @Override
    public void accept(Event event) {
        events++;
        if (calmSince == Long.MIN_VALUE) {
            calmSince = event.at();
        }
        if (event.job() == 0 && NEEDS_JOB.contains(event.op())) {
            throw new HistoryException(
                    "a line of " + event.process() + " has the op " + event.op().word() + " without a job");
        }
        switch (event.op()) {
            case ENQUEUE -> enqueue(event);
            case CLAIM -> claim(event);
            case SETTLE -> settle(event);
            case RENEW -> renew(event);
            case CANCEL -> byHand(event, trace(event).cancels);
            case RETRY -> retry(event);
            case LEAD -> lead(event);
            case FAULT -> fault(event);
            case FINAL -> atEnd(event);
        }
    }

    /** Judges what can only be judged when the history is complete, and sums up. To be called once. */
    public Verdict verdict() {
        for (JobTrace job : jobs.values()) {
            if (job.accepted && !job.seenAtEnd) {
                lost++;
                violation(Invariant.I1, job, Long.MAX_VALUE, "was accepted, and is not in the store at the end");
            }
        }
        return new Verdict(
                events,
                jobs.size(),
                acknowledged,
                completed,
                redeliveries,
                stale,
                faults,
                lost,
                doubled,
                staleAccepted,
                violations,
                violated);
    }

    // Enqueue.

    private void enqueue(Event event) {
        JobTrace job = trace(event);
        switch (event.phase()) {
            case INVOKE -> {
                call(event);
                job.possibleEnqueues++;
                if (job.asked == null) {
                    job.asked = event;
                    job.notBefore = event.after() > 0 && storeTime != Long.MIN_VALUE
                            ? storeTime + event.after()
                            : event.due() > 0 ? event.due() : Long.MIN_VALUE;
                }
            }
            case OK -> {
                answered(event);
                if (event.says("accepted") || event.says("duplicate")) {
                    if (!job.accepted) {
                        acknowledged++;
                    }
                    job.accepted = true;
                    keyed(event, job);
                }
                job.possibleEnqueues--;
            }
            case FAIL -> {
                answered(event);
                job.possibleEnqueues--;
                if (job.possibleEnqueues == 0 && !job.accepted) {
                    job.asked = null;
                }
            }
            case INFO -> answered(event);
        }
    }

    private void keyed(Event event, JobTrace job) {
        Event asked = job.asked;
        if (asked == null || asked.key() == null) {
            return;
        }
        Keyed key = new Keyed(asked.tenant(), asked.queue(), asked.key());
        Long first = keys.putIfAbsent(key, job.id);
        if (first != null && first != job.id) {
            violation(
                    Invariant.I11,
                    job,
                    event.at(),
                    "was accepted under key " + asked.key() + ", as " + id(first) + " was");
        }
    }

    // Claim.

    private void claim(Event event) {
        switch (event.phase()) {
            case INVOKE -> {
                call(event).most = event.size();
                unansweredClaims++;
            }
            case FAIL -> {
                if (answered(event)) {
                    unansweredClaims--;
                }
            }
            case INFO -> answered(event);
            case OK -> {
                Holder holder = holders.computeIfAbsent(event.process(), name -> new Holder());
                CallId id = new CallId(event.process(), event.call(), event.op());
                Call call = calls.get(id);
                // Its answers come together; by the next one's it is over.
                if (holder.answered != null && !holder.answered.equals(id)) {
                    calls.remove(holder.answered);
                }
                if (call != null && !id.equals(holder.answered)) {
                    unansweredClaims--;
                }
                holder.answered = id;
                if (event.job() != 0) {
                    granted(event, holder, call == null ? event.at() : call.at);
                    if (call != null && call.most > 0 && ++call.handedOut == call.most + 1) {
                        violation(
                                Invariant.I2,
                                trace(event),
                                event.at(),
                                "was handed out by a claim that asked for at most " + call.most + " jobs");
                    }
                }
            }
        }
    }

    private void granted(Event event, Holder holder, long invokedAt) {
        JobTrace job = trace(event);
        long token = event.token();
        if (job.wasGranted(token)) {
            if (!job.isLatest(token) || !holder.leases.containsKey(token)) {
                violation(Invariant.I4, job, event.at(), "was handed out twice under token " + token);
            }
            return;
        }
        long start = event.until() - event.lasting();
        passed(start, event.at());
        checkHandedOut(event, job, start);
        checkTokens(event, job, invokedAt);
        if (job.grants() > 0) {
            redeliveries++;
        }
        LeaseTrace before = job.lease;
        if (before == null || before.token < token) {
            if (before != null) {
                if (start < before.until && job.possibleSettles == 0 && before.jobs.contains(job)) {
                    violation(
                            Invariant.I5,
                            job,
                            event.at(),
                            "was handed out under token " + token + " " + (before.until - start)
                                    + " ns before its lease " + before.token + " ended");
                }
                left(job, before, event.at());
            }
            LeaseTrace lease = leases.computeIfAbsent(
                    token,
                    unknown -> new LeaseTrace(token, event.size(), event.suspect(), event.lasting(), event.until()));
            lease.jobs.add(job);
            holder.leases.put(token, lease);
            if (lease.suspect) {
                changeCalm(event.at(), () -> suspects.put(token, lease));
            }
            job.lease = lease;
            job.possibleSettles = 0;
        }
        if (event.suspect() && event.size() == 1) {
            job.unsettledAlone++;
        }
        if (calmNow(event.at()) > job.wantedBy) {
            violation(
                    Invariant.I6,
                    job,
                    event.at(),
                    "was handed out again " + (calmNow(event.at()) - job.wantedBy) / 1_000_000
                            + " ms too late after its worker died");
        }
        job.wantedBy = Long.MAX_VALUE;
        job.grant(event.at(), token);
    }

    private void checkHandedOut(Event event, JobTrace job, long start) {
        Event asked = job.asked;
        if (asked == null || (job.possibleEnqueues == 0 && !job.accepted)) {
            violation(
                    Invariant.I2,
                    job,
                    event.at(),
                    "was handed out, and was " + (asked == null ? "never" : "not") + " enqueued");
            return;
        }
        if (!Objects.equals(asked.tenant(), event.tenant())
                || !Objects.equals(asked.queue(), event.queue())
                || !Objects.equals(asked.kind(), event.kind())) {
            violation(Invariant.I2, job, event.at(), "was handed out in another lane than it was enqueued in");
        }
        if (!Objects.equals(asked.sha256(), event.sha256())) {
            violation(Invariant.I2, job, event.at(), "was handed out with another payload than it was enqueued with");
        }
        if (event.attempt() > event.maxAttempts() || event.attempt() > asked.maxAttempts() + job.retriesByHand.most()) {
            violation(
                    Invariant.I7,
                    job,
                    event.at(),
                    "was handed out for attempt " + event.attempt() + " of " + asked.maxAttempts());
        }
        if (start < job.notBefore) {
            violation(
                    Invariant.I9,
                    job,
                    event.at(),
                    "was handed out " + (job.notBefore - start) + " ns before it was due");
        }
    }

    private void checkTokens(Event event, JobTrace job, long invokedAt) {
        if (job.wasGrantedGreater(event.token(), invokedAt)) {
            violation(
                    Invariant.I4,
                    job,
                    event.at(),
                    "was handed out under token " + event.token() + " after a greater one");
        }
    }

    /** The job is not in the lease any more. */
    private void left(JobTrace job, LeaseTrace lease, long at) {
        lease.jobs.remove(job);
        if (lease.jobs.isEmpty()) {
            leases.remove(lease.token);
            changeCalm(at, () -> suspects.remove(lease.token));
            holders.values().forEach(holder -> holder.leases.remove(lease.token));
        }
    }

    // Settle.

    private void settle(Event event) {
        JobTrace job = trace(event);
        if (event.phase() == Phase.INVOKE) {
            Call call = call(event);
            boolean superseded = job.settledToken == event.token() || job.wasGrantedGreater(event.token(), event.at());
            call.items.put(ItemId.of(event), new Item(event, superseded, storeTime));
            tallies(job, event, 0, 1);
            return;
        }
        Item item = item(event);
        if (item == null) {
            return;
        }
        Event asked = item.asked;
        if (event.phase() == Phase.INFO) {
            return;
        }
        boolean accepted = event.phase() == Phase.OK && event.says("accepted");
        tallies(job, asked, accepted ? 1 : 0, -1);
        if (!accepted) {
            stale += event.phase() == Phase.OK ? 1 : 0;
            return;
        }
        if (item.superseded) {
            staleAccepted++;
            violation(
                    Invariant.I4,
                    job,
                    event.at(),
                    "was settled under token " + asked.token()
                            + " although it had been settled, or a greater one granted, before");
        } else if (!job.wasGranted(asked.token())) {
            staleAccepted++;
            violation(
                    Invariant.I4, job, event.at(), "was settled under token " + asked.token() + ", which it never had");
        }
        job.settledToken = asked.token();
        if (asked.says("completed")) {
            completed += job.completions.done == 1 ? 1 : 0;
            if (job.completions.done > 1) {
                doubled++;
                violation(Invariant.I3, job, event.at(), "was completed " + job.completions.done + " times");
            }
        }
        if (job.isLatest(asked.token())) {
            LeaseTrace lease = Objects.requireNonNull(job.lease);
            if (lease.alone()) {
                job.unsettledAlone--;
            }
            left(job, lease, event.at());
            job.wantedBy = Long.MAX_VALUE;
            boolean waits = asked.says("retry") || asked.says("snooze");
            boolean retriedMeanwhile = job.retriesByHand.possible > 0 || job.retriedAt > asked.at();
            job.notBefore = waits && !retriedMeanwhile && item.storeTime != Long.MIN_VALUE
                    ? item.storeTime + asked.after()
                    : Long.MIN_VALUE;
        }
    }

    private static void tallies(JobTrace job, Event asked, int done, int possible) {
        if (job.isLatest(asked.token())) {
            job.possibleSettles += possible;
        }
        switch (Objects.requireNonNullElse(asked.word(), "")) {
            case "completed" -> {
                count(job.completions, done, possible);
                count(job.attempts, done, possible);
            }
            case "discard" -> {
                count(job.discards, done, possible);
                count(job.attempts, done, possible);
            }
            case "cancelled" -> {
                count(job.cancels, done, possible);
                count(job.attempts, done, possible);
            }
            case "retry" -> count(job.attempts, done, possible);
            default -> {
                // Snoozed or released: no attempt.
            }
        }
    }

    private static void count(JobTrace.Tally tally, int done, int possible) {
        tally.done += done;
        tally.possible += possible;
    }

    // Renew.

    private void renew(Event event) {
        if (event.phase() == Phase.INVOKE) {
            call(event).items.put(ItemId.of(event), new Item(event, !leases.containsKey(event.token()), storeTime));
            return;
        }
        Item item = item(event);
        LeaseTrace lease = leases.get(event.token());
        if (item == null) {
            return;
        }
        boolean held = event.phase() == Phase.OK && event.says("held");
        if (held && item.superseded) {
            staleAccepted++;
            violation(
                    Invariant.I4,
                    null,
                    event.at(),
                    "lease " + event.token() + " was renewed after all its jobs had left it");
        }
        stale += event.phase() == Phase.OK && !held ? 1 : 0;
        if (lease != null && item.storeTime != Long.MIN_VALUE) {
            long end = item.storeTime + item.asked.lasting();
            if (held) {
                lease.until = end;
            } else if (event.phase() == Phase.INFO) {
                lease.until = Math.min(lease.until, end);
            }
        }
    }

    // By hand.

    private void byHand(Event event, JobTrace.Tally tally) {
        if (event.phase() == Phase.INVOKE) {
            call(event);
            tally.possible++;
            return;
        }
        if (!answered(event) || event.phase() == Phase.INFO) {
            return;
        }
        tally.possible--;
        if (event.phase() == Phase.OK && event.says("done")) {
            tally.done++;
        }
    }

    private void retry(Event event) {
        JobTrace job = trace(event);
        byHand(event, job.retriesByHand);
        job.notBefore = Long.MIN_VALUE;
        if (event.phase() != Phase.INVOKE) {
            job.retriedAt = event.at();
        }
    }

    // Leaders.

    private void lead(Event event) {
        if (event.phase() == Phase.INVOKE) {
            call(event).epoch = epoch;
            return;
        }
        Call call = calls.remove(new CallId(event.process(), event.call(), event.op()));
        if (event.phase() != Phase.OK || !event.says("accepted")) {
            return;
        }
        if (call != null && event.epoch() < call.epoch) {
            violation(
                    Invariant.I10,
                    null,
                    event.at(),
                    "a write of " + event.process() + " in epoch " + event.epoch() + " was accepted after one in epoch "
                            + call.epoch);
        }
        epoch = Math.max(epoch, event.epoch());
        String first = leaders.putIfAbsent(event.epoch(), event.process());
        if (first != null && !first.equals(event.process())) {
            violation(
                    Invariant.I10,
                    null,
                    event.at(),
                    "writes of " + first + " and of " + event.process() + " were accepted in epoch " + event.epoch());
        }
    }

    // Faults.

    private void fault(Event event) {
        switch (event.phase()) {
            case INVOKE -> {
                faults++;
                if (isKill(Objects.requireNonNullElse(event.word(), ""))) {
                    killed(event);
                } else {
                    changeCalm(event.at(), () -> broken++);
                }
            }
            case OK -> changeCalm(event.at(), () -> broken--);
            case FAIL, INFO -> {
                // It could not be done.
            }
        }
    }

    private static boolean isKill(String word) {
        return word.equals(KILL) || word.startsWith(KILL + "-");
    }

    private void killed(Event event) {
        Holder holder = holders.remove(event.process());
        if (holder == null) {
            return;
        }
        changeCalm(event.at(), () -> suspects.keySet().removeAll(holder.leases.keySet()));
        for (LeaseTrace lease : holder.leases.values()) {
            for (JobTrace job : lease.jobs) {
                if (job.possibleSettles == 0) {
                    job.wantedBy = calmNow(event.at()) + lease.lasting + slack;
                }
            }
        }
    }

    private long calmNow(long at) {
        return broken > 0 || !suspects.isEmpty() ? calm : calm + (at - calmSince);
    }

    private void changeCalm(long at, Runnable change) {
        calm = calmNow(at);
        calmSince = at;
        change.run();
    }

    /** The store's clock has come so far, and leases of suspects that ended before are nobody's. */
    private void passed(long time, long at) {
        if (time > storeTime) {
            storeTime = time;
            if (!suspects.isEmpty()) {
                changeCalm(at, () -> suspects.values().removeIf(lease -> lease.until < storeTime));
            }
        }
    }

    // The end.

    private void atEnd(Event event) {
        JobTrace job = trace(event);
        job.seenAtEnd = true;
        if (job.asked == null) {
            violation(Invariant.I2, job, event.at(), "is in the store, and was never enqueued");
            return;
        }
        int alone = job.unsettledAlone + unheardOf(event, job);
        switch (Objects.requireNonNullElse(event.word(), "")) {
            case "completed" -> {
                if (job.completions.most() == 0) {
                    violation(Invariant.I3, job, event.at(), "is completed, and nobody completed it");
                }
            }
            case "cancelled" -> {
                if (job.cancels.most() == 0) {
                    violation(Invariant.I1, job, event.at(), "is cancelled, and nobody cancelled it");
                }
            }
            case "discarded" -> {
                boolean crashed = event.crashes() >= JobStore.CRASH_LIMIT
                        || (alone > 0 && event.attempt() >= event.maxAttempts());
                if (job.discards.most() == 0 && !crashed) {
                    violation(
                            Invariant.I7, job, event.at(), "is discarded, and neither failed nor crashed often enough");
                }
            }
            default -> {
                lost++;
                violation(Invariant.I1, job, event.at(), "is still " + event.word() + " at the end");
            }
        }
        if (job.completions.done > 0 && !event.says("completed")) {
            lost++;
            violation(Invariant.I1, job, event.at(), "was completed, and is " + event.word());
        }
        if (event.crashes() > alone) {
            violation(
                    Invariant.I7,
                    job,
                    event.at(),
                    "is charged " + event.crashes() + " crashes, and was alone in " + alone
                            + " leases that were not settled");
        }
        if (event.attempt() > job.attempts.most() + alone) {
            violation(
                    Invariant.I7,
                    job,
                    event.at(),
                    "is charged " + event.attempt() + " attempts, and at most " + (job.attempts.most() + alone)
                            + " of its runs cost one");
        }
    }

    /** How many leases that nobody heard of it takes to explain what the job is charged, at most as many as there may be. */
    private int unheardOf(Event event, JobTrace job) {
        int charged = Math.max(event.crashes(), event.attempt() - job.attempts.most());
        int leases = Math.clamp(charged - job.unsettledAlone, 0, unansweredClaims);
        unansweredClaims -= leases;
        return leases;
    }

    // Calls.

    private Call call(Event event) {
        Call call = calls.computeIfAbsent(
                new CallId(event.process(), event.call(), event.op()), id -> new Call(event.at()));
        call.open++;
        return call;
    }

    /** Whether the call was known, and not answered yet. */
    private boolean answered(Event event) {
        CallId id = new CallId(event.process(), event.call(), event.op());
        Call call = calls.get(id);
        if (call != null && --call.open == 0) {
            calls.remove(id);
        }
        return call != null;
    }

    private @Nullable Item item(Event event) {
        CallId id = new CallId(event.process(), event.call(), event.op());
        Call call = calls.get(id);
        if (call == null) {
            return null;
        }
        Item item = call.items.remove(ItemId.of(event));
        if (call.items.isEmpty()) {
            calls.remove(id);
        }
        return item;
    }

    private JobTrace trace(Event event) {
        return jobs.computeIfAbsent(event.job(), JobTrace::new);
    }

    private void violation(Invariant invariant, @Nullable JobTrace job, long at, String what) {
        violated++;
        if (violations.size() < MOST_VIOLATIONS) {
            violations.add(new Violation(
                    invariant, job == null ? 0 : job.id, at, job == null ? what : "job " + id(job.id) + " " + what));
        }
    }

    private static String id(long job) {
        return job == 0 ? "(none)" : new JobId(job).toString();
    }

    private record CallId(String process, long call, Op op) {}

    private record Keyed(
            @Nullable String tenant,
            @Nullable String queue,
            @Nullable String key) {}

    private record ItemId(long job, long token) {
        static ItemId of(Event event) {
            return new ItemId(event.job(), event.token());
        }
    }

    /** One settlement or renewal of a call, and whether its lease was over when it was sent. */
    private record Item(Event asked, boolean superseded, long storeTime) {}

    /** A call that was made and not answered yet. */
    private static final class Call {
        private final long at;
        private final Map<ItemId, Item> items = new LinkedHashMap<>(4);
        private int open;
        private int most;
        private int handedOut;
        private long epoch;

        Call(long at) {
            this.at = at;
        }
    }

    /** A process and the leases it holds. */
    private static final class Holder {
        private final Map<Long, LeaseTrace> leases = new HashMap<>();
        private @Nullable CallId answered;
    }
}
