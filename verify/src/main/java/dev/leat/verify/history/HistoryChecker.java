package dev.leat.verify.history;

import dev.leat.api.JobId;
import dev.leat.api.store.JobStore;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
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

    private static final Set<Op> NEEDS_JOB =
            EnumSet.of(Op.ENQUEUE, Op.SETTLE, Op.SPLIT, Op.CANCEL, Op.RETRY, Op.AMEND, Op.FINAL, Op.ROW);

    private static final long UNKNOWN = Long.MIN_VALUE;

    private final long slack;
    private final Map<Long, JobTrace> jobs = new HashMap<>();
    private final Map<Long, LeaseTrace> leases = new HashMap<>();
    private final OpenCalls calls = new OpenCalls();
    private final Map<String, Holder> holders = new HashMap<>();
    private final Map<Keyed, Long> keys = new HashMap<>();
    private final Leaders leaders = new Leaders();
    private final Violations violations = new Violations();
    private final UniqueKeys uniqueKeys = new UniqueKeys(violations);
    private final Ending ending = new Ending(violations);

    /** The store's clock had come at least so far. */
    private long storeTime = Long.MIN_VALUE;

    /** Any of these may have handed out one job alone, of which nobody heard. */
    private int unansweredClaims;

    private final CalmTime calm = new CalmTime();

    private long events;
    private long acknowledged;
    private long completed;
    private long redeliveries;
    private long stale;
    private long faults;
    private long doubled;
    private long staleAccepted;

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
        calm.begins(event.at());
        boolean needsJob = event.job() == 0 && NEEDS_JOB.contains(event.op());
        if (needsJob && event.phase() == Phase.OK && event.op() != Op.FINAL && event.op() != Op.ROW) {
            // Answered for none of the jobs that were asked about: they stay unanswered.
            return;
        }
        if (needsJob) {
            throw new HistoryException(
                    "a line of " + event.process() + " has the op " + event.op().word() + " without a job");
        }
        switch (event.op()) {
            case ENQUEUE -> enqueue(event);
            case CLAIM -> claim(event);
            case SETTLE -> settle(event);
            case RENEW -> renew(event);
            case SPLIT -> split(event);
            case CANCEL -> cancel(event);
            case RETRY -> retry(event);
            case AMEND -> amend(event);
            case LEAD -> lead(event);
            case FAULT -> fault(event);
            case FINAL -> unansweredClaims -= ending.found(event, trace(event), unansweredClaims);
            case ROW -> trace(event).rows++;
        }
    }

    /** Judges what can only be judged when the history is complete, and sums up. To be called once. */
    public Verdict verdict() {
        ending.judge(jobs.values());
        return new Verdict(
                events,
                jobs.size(),
                acknowledged,
                completed,
                redeliveries,
                stale,
                faults,
                ending.lost(),
                doubled,
                staleAccepted,
                violations.first(),
                violations.count());
    }

    // Enqueue.

    private void enqueue(Event event) {
        JobTrace job = trace(event);
        switch (event.phase()) {
            case INVOKE -> {
                calls.began(event);
                job.possibleEnqueues++;
                uniqueKeys.asked(event, job, storeTime);
                if (job.asked == null) {
                    job.asked = event;
                    job.notBefore = event.after() > 0 && storeTime != Long.MIN_VALUE
                            ? storeTime + event.after()
                            : event.due() > 0 ? event.due() : Long.MIN_VALUE;
                }
            }
            case OK -> {
                calls.answered(event);
                if (event.says("accepted") || event.says("duplicate")) {
                    if (!job.accepted) {
                        acknowledged++;
                    }
                    job.accepted = true;
                    keyed(event, job);
                    uniqueKeys.accepted(job, event.at());
                }
                if (event.says("held")) {
                    uniqueKeys.held(job, event.holder(), event.at());
                    notStored(job);
                } else {
                    job.possibleEnqueues--;
                }
            }
            case FAIL -> {
                calls.answered(event);
                notStored(job);
            }
            case INFO -> calls.answered(event);
        }
    }

    private void notStored(JobTrace job) {
        job.possibleEnqueues--;
        if (job.possibleEnqueues == 0 && !job.accepted) {
            job.asked = null;
            uniqueKeys.refused(job);
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
                calls.began(event).most = event.size();
                unansweredClaims++;
                Holder holder = holders.computeIfAbsent(event.process(), name -> new Holder());
                holder.askingSince = Math.min(holder.askingSince, event.at());
            }
            case FAIL -> {
                if (calls.answered(event)) {
                    unansweredClaims--;
                }
            }
            case INFO -> calls.answered(event);
            case OK -> {
                Holder holder = holders.computeIfAbsent(event.process(), name -> new Holder());
                OpenCalls.CallId id = OpenCalls.CallId.of(event);
                OpenCalls.Call call = calls.of(event);
                // Its answers come together; by the next one's it is over.
                if (holder.answered != null && !holder.answered.equals(id)) {
                    calls.remove(holder.answered);
                }
                if (call != null && !id.equals(holder.answered)) {
                    unansweredClaims--;
                }
                if (!id.equals(holder.answered)) {
                    holder.askedAt = holder.askingSince;
                    holder.askingSince = Long.MAX_VALUE;
                }
                holder.answered = id;
                if (event.job() != 0) {
                    if (call != null && !call.handsOut(event.job())) {
                        violation(Invariant.I4, trace(event), event.at(), "was handed out twice by one claim");
                    }
                    granted(event, holder, call == null ? event.at() : call.at);
                    if (call != null && call.most > 0 && call.handedOut() == call.most + 1) {
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
        uniqueKeys.dated(start, Math.min(invokedAt, holder.askedAt));
        uniqueKeys.lives(job, Math.min(invokedAt, holder.askedAt));
        checkHandedOut(event, job, start, invokedAt);
        checkTokens(event, job, invokedAt);
        job.stored |= job.asked != null;
        if (job.hadEnded(invokedAt)) {
            violation(Invariant.I1, job, event.at(), "was handed out after it had been " + job.ended);
        }
        if (job.grants() > 0) {
            redeliveries++;
        }
        LeaseTrace before = job.lease;
        if (before != null
                && before.token > token
                && event.until() > before.start
                && !job.wasGrantedGreater(token, invokedAt)) {
            violation(
                    Invariant.I5,
                    job,
                    event.at(),
                    "was in lease " + token + " for " + (event.until() - before.start) + " ns when lease "
                            + before.token + " began");
        }
        if (before == null || before.token < token) {
            checkCharged(event, job);
            checkSuspects(event, job, holder);
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
                    unknown -> new LeaseTrace(
                            token, event.process(), event.size(), event.suspect(), event.lasting(), event.until()));
            if (!lease.process.equals(event.process())) {
                violation(
                        Invariant.I4,
                        job,
                        event.at(),
                        "was handed out under token " + token + ", which is that of " + lease.process);
            }
            lease.handedOut(holder.askedAt, event.at());
            lease.jobs.add(job);
            holder.leases.put(token, lease);
            if (lease.suspect) {
                calm.suspectsRun(lease, event.at());
            }
            job.lease = lease;
            job.possibleSettles = 0;
        }
        if (event.suspect() && event.size() == 1) {
            job.unsettledAlone++;
        }
        if (calm.at(event.at()) > job.wantedBy) {
            violation(
                    Invariant.I6,
                    job,
                    event.at(),
                    "was handed out again " + (calm.at(event.at()) - job.wantedBy) / 1_000_000
                            + " ms too late after its worker died");
        }
        job.wantedBy = Long.MAX_VALUE;
        job.grant(event.at(), token);
    }

    private void checkHandedOut(Event event, JobTrace job, long start, long invokedAt) {
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
                || !job.mayBeIn(event.queue(), invokedAt)
                || !Objects.equals(asked.kind(), event.kind())) {
            violation(
                    Invariant.I2,
                    job,
                    event.at(),
                    "was handed out in another lane than it was enqueued in or moved to");
        }
        if (!job.mayCarry(event.sha256(), invokedAt)) {
            violation(Invariant.I2, job, event.at(), "was handed out with another payload than it had then");
        }
        if (!job.mayHavePriority(event.priority(), invokedAt)) {
            violation(
                    Invariant.I2,
                    job,
                    event.at(),
                    "was handed out with priority " + event.priority() + ", which it did not have then");
        }
        if (event.attempt() > event.maxAttempts() || event.attempt() > asked.maxAttempts() + job.retriesByHand.most()) {
            violation(
                    Invariant.I7,
                    job,
                    event.at(),
                    "was handed out for attempt " + event.attempt() + " of " + asked.maxAttempts());
        }
        if (start < job.notBefore && invokedAt > job.rescheduledAt) {
            violation(
                    Invariant.I9,
                    job,
                    event.at(),
                    "was handed out " + (job.notBefore - start) + " ns before it was due");
        }
    }

    /** That what the job was to be charged with was charged. */
    private void checkCharged(Event event, JobTrace job) {
        if (event.attempt() <= job.attempts.done) {
            violation(
                    Invariant.I7,
                    job,
                    event.at(),
                    "was handed out for attempt " + event.attempt() + " after " + job.attempts.done + " that count");
        }
        if (job.possibleSettles > 0) {
            job.mayHaveBeenSettled();
        }
        if (job.isAccused(event) && ++job.accusedInARow > JobStore.CRASH_LIMIT) {
            violation(
                    Invariant.I7,
                    job,
                    event.at(),
                    "was handed out for crash " + job.accusedInARow + " of at most " + JobStore.CRASH_LIMIT
                            + " without ever being settled");
        }
    }

    /** That one worker does not hold suspects of two leases. */
    private void checkSuspects(Event event, JobTrace job, Holder holder) {
        if (event.suspect()
                && holder.leases.values().stream()
                        .anyMatch(other ->
                                other.suspect && other.token != event.token() && other.isHeld(holder.askedAt))) {
            violation(
                    Invariant.I7,
                    job,
                    event.at(),
                    "was handed out as a suspect to " + event.process() + ", which held suspects already");
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
            calm.suspectsGone(Set.of(lease.token), at);
            holders.values().forEach(holder -> holder.leases.remove(lease.token));
        }
    }

    // Settle.

    private void settle(Event event) {
        JobTrace job = trace(event);
        if (event.phase() == Phase.INVOKE) {
            OpenCalls.Call call = calls.began(event);
            boolean superseded = job.settledToken == event.token() || job.wasGrantedGreater(event.token(), event.at());
            OpenCalls.Item asked = new OpenCalls.Item(event, superseded, storeTime, job.retriesByHand.done, 0);
            // Of the same settlement twice in one call at most one can be accepted.
            if (call.items.putIfAbsent(OpenCalls.ItemId.of(event), asked) == null) {
                tallies(job, event, 0, 1);
            }
            return;
        }
        OpenCalls.Item item = calls.item(event);
        if (item == null) {
            return;
        }
        Event asked = item.asked();
        if (event.phase() == Phase.INFO) {
            return;
        }
        boolean accepted = event.phase() == Phase.OK && event.says("accepted");
        tallies(job, asked, accepted ? 1 : 0, -1);
        if (!accepted) {
            if (event.phase() == Phase.OK) {
                stale++;
                givenUp(leases.get(asked.token()));
            } else if (asked.transactional()) {
                // Whether it was committed may be what its worker could not find out, and then it waits for the lease
                // to end.
                givenUp(leases.get(asked.token()));
            }
            return;
        }
        if (item.superseded()) {
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
        job.mayHaveBeenSettled();
        uniqueKeys.lives(job, asked.at());
        switch (Objects.requireNonNullElse(asked.word(), "")) {
            case "completed" -> job.ended("completed", event.at(), item.retries());
            case "discard" -> job.ended("discarded", event.at(), item.retries());
            case "cancelled" -> job.ended("cancelled", event.at(), item.retries());
            default -> {
                // It goes on.
            }
        }
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
            job.notBefore = waits && !job.timeMayHaveChanged(asked.at()) && item.storeTime() != Long.MIN_VALUE
                    ? item.storeTime() + asked.after()
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
                if (asked.transactional()) {
                    count(job.transactions, done, possible);
                }
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
            calls.began(event)
                    .items
                    .put(
                            OpenCalls.ItemId.of(event),
                            new OpenCalls.Item(event, !leases.containsKey(event.token()), storeTime, 0, 0));
            return;
        }
        OpenCalls.Item item = calls.item(event);
        LeaseTrace lease = leases.get(event.token());
        if (item == null) {
            return;
        }
        boolean held = event.phase() == Phase.OK && event.says("held");
        boolean busy = event.phase() == Phase.OK && event.says("busy");
        if ((held || busy) && item.superseded()) {
            staleAccepted++;
            violation(
                    Invariant.I4,
                    null,
                    event.at(),
                    "lease " + event.token() + " was renewed after all its jobs had left it");
        }
        if (event.phase() == Phase.OK && !held && !busy) {
            stale++;
            givenUp(lease);
        }
        if (lease != null && item.storeTime() != Long.MIN_VALUE) {
            long end = item.storeTime() + item.asked().lasting();
            if (held) {
                lease.until = end;
                if (lease.process.equals(event.process())) {
                    lease.renewed(item.asked().at(), event.at());
                }
            } else if (event.phase() == Phase.INFO) {
                lease.until = Math.min(lease.until, end);
            }
        }
    }

    /** Its worker was told that it is gone. */
    private static void givenUp(@Nullable LeaseTrace lease) {
        if (lease != null) {
            lease.askedAt = Long.MIN_VALUE / 2;
        }
    }

    // Split.

    private void split(Event event) {
        JobTrace job = trace(event);
        if (event.phase() == Phase.INVOKE) {
            boolean superseded = job.settledToken == event.token() || job.wasGrantedGreater(event.token(), event.at());
            calls.began(event)
                    .items
                    .put(OpenCalls.ItemId.of(event), new OpenCalls.Item(event, superseded, storeTime, 0, 0));
            // As long as nobody knows, it may be in a lease that nobody knows.
            job.possibleSettles += job.isLatest(event.token()) ? 1 : 0;
            return;
        }
        OpenCalls.Item item = calls.item(event);
        if (item == null || event.phase() == Phase.INFO) {
            return;
        }
        if (event.own() == 0) {
            job.possibleSettles -= job.isLatest(event.token()) ? 1 : 0;
            stale += event.phase() == Phase.OK ? 1 : 0;
            return;
        }
        if (item.superseded() || !job.wasGranted(event.token())) {
            staleAccepted++;
            violation(
                    Invariant.I4,
                    job,
                    event.at(),
                    "got a lease of its own from token " + event.token() + ", which did not hold it");
        } else if (event.own() <= event.token()) {
            violation(
                    Invariant.I4,
                    job,
                    event.at(),
                    "got a lease of its own with token " + event.own() + " from token " + event.token());
        } else if (job.isLatest(event.token())) {
            apart(event, job, Objects.requireNonNull(job.lease));
        }
    }

    private void apart(Event event, JobTrace job, LeaseTrace from) {
        LeaseTrace own = from.split(event.own());
        left(job, from, event.at());
        own.jobs.add(job);
        leases.put(own.token, own);
        holders.computeIfAbsent(event.process(), name -> new Holder()).leases.put(own.token, own);
        if (own.suspect) {
            calm.suspectsRun(own, event.at());
        }
        job.lease = own;
        job.possibleSettles = 0;
        job.grant(event.at(), own.token);
    }

    // By hand.

    private void cancel(Event event) {
        JobTrace job = trace(event);
        if (event.phase() == Phase.INVOKE) {
            job.cancelAsked();
        }
        long asked = byHand(event, job.cancels);
        if (asked == UNKNOWN) {
            return;
        }
        job.cancelAnswered();
        if (event.says("done")) {
            if (job.hadEnded(asked)) {
                violation(Invariant.I1, job, event.at(), "was cancelled by hand after it had been " + job.ended);
            }
            uniqueKeys.lives(job, asked);
            job.cancelled(event.at());
        }
    }

    private void retry(Event event) {
        JobTrace job = trace(event);
        OpenCalls.Call call = calls.of(event);
        boolean over = call != null && job.endedBut(call.at);
        long asked = byHand(event, job.retriesByHand);
        job.notBefore = Long.MIN_VALUE;
        job.mayHaveBeenSettled();
        if (event.phase() != Phase.INVOKE) {
            job.retriedAt = event.at();
        }
        if (asked != UNKNOWN && event.says("done") && over) {
            if (Objects.equals(job.ended, "completed")) {
                violation(Invariant.I1, job, event.at(), "was retried by hand after it had been completed");
            }
            job.revivedAt = asked;
        }
    }

    private void amend(Event event) {
        JobTrace job = trace(event);
        if (event.phase() == Phase.INVOKE && job.asked == null) {
            return;
        }
        if (event.phase() == Phase.INVOKE) {
            OpenCalls.Call call = calls.began(event);
            call.items.put(
                    OpenCalls.ItemId.of(event), new OpenCalls.Item(event, false, storeTime, 0, job.amending(event)));
            return;
        }
        OpenCalls.Item item = calls.item(event);
        if (item == null || event.phase() == Phase.INFO) {
            return;
        }
        boolean done = event.phase() == Phase.OK && event.says("done");
        if (done && job.hadEnded(item.asked().at())) {
            violation(Invariant.I1, job, event.at(), "was amended by hand after it had been " + job.ended);
        }
        job.amended(item, done, event.at());
    }

    /** When the call that is answered by this was asked for; unknown if it is no answer that says what was done. */
    private long byHand(Event event, JobTrace.Tally tally) {
        if (event.phase() == Phase.INVOKE) {
            calls.began(event);
            tally.possible++;
            return UNKNOWN;
        }
        OpenCalls.Call call = calls.of(event);
        if (!calls.answered(event) || call == null || event.phase() == Phase.INFO) {
            return UNKNOWN;
        }
        tally.possible--;
        if (event.phase() == Phase.OK && event.says("done")) {
            tally.done++;
        }
        return call.at;
    }

    // Leaders.

    private void lead(Event event) {
        if (event.phase() == Phase.INVOKE) {
            calls.began(event).epoch = leaders.epoch();
            return;
        }
        OpenCalls.Call call = calls.remove(event);
        if (event.phase() == Phase.OK && event.says("accepted")) {
            leaders.wrote(event, call == null ? Long.MIN_VALUE : call.epoch)
                    .forEach(what -> violation(Invariant.I10, null, event.at(), what));
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
                    calm.breaks(event.at());
                }
            }
            case OK -> calm.isMended(event.at());
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
        calm.suspectsGone(holder.leases.keySet(), event.at());
        for (LeaseTrace lease : holder.leases.values()) {
            for (JobTrace job : lease.jobs) {
                if (job.possibleSettles == 0) {
                    job.wantedBy = calm.at(event.at()) + lease.lasting + slack;
                }
            }
        }
    }

    /** The store's clock has come so far, and leases of suspects that ended before are nobody's. */
    private void passed(long time, long at) {
        if (time > storeTime) {
            storeTime = time;
            calm.suspectsEnd(time, at);
        }
    }

    private JobTrace trace(Event event) {
        return jobs.computeIfAbsent(event.job(), JobTrace::new);
    }

    private void violation(Invariant invariant, @Nullable JobTrace job, long at, String what) {
        violations.add(invariant, job, at, what);
    }

    private static String id(long job) {
        return job == 0 ? "(none)" : new JobId(job).toString();
    }

    private record Keyed(
            @Nullable String tenant,
            @Nullable String queue,
            @Nullable String key) {}
}
