package dev.leat.verify.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A history as a test tells it, step by step, one second each: by default every call is answered half a second later. */
final class Told {
    static final Duration SLACK = Duration.ofSeconds(6);
    static final long SECOND = 1_000_000_000L;
    static final long LEASE = 30 * SECOND;
    static final String SHA = "ab".repeat(32);

    final List<Event> events = new ArrayList<>();
    private long now;
    private long calls;

    Told at(double second) {
        now = (long) (second * SECOND);
        return this;
    }

    Told add(String process, long call, Op op, Phase phase, Consumer<Event.Builder> fields) {
        Event.Builder event = Event.of(now, process, call, op, phase);
        fields.accept(event);
        events.add(event.build());
        now += SECOND / 2;
        return this;
    }

    /** Asked and answered. */
    private Told call(String process, Op op, Consumer<Event.Builder> asked, Consumer<Event.Builder> answer) {
        calls++;
        return add(process, calls, op, Phase.INVOKE, asked).add(process, calls, op, Phase.OK, answer);
    }

    Told enqueue(long job) {
        return enqueue(job, event -> {});
    }

    Told enqueue(long job, Consumer<Event.Builder> more) {
        return call(
                "producer",
                Op.ENQUEUE,
                event -> {
                    event.job(job).lane("main", "mail", "send").sha256(SHA).maxAttempts(3);
                    more.accept(event);
                },
                event -> event.job(job).word("accepted"));
    }

    /** Not stored, since that job has its unique key. */
    Told held(long refused, String key, long by) {
        return call(
                "producer",
                Op.ENQUEUE,
                event -> event.job(refused)
                        .lane("main", "mail", "send")
                        .sha256(SHA)
                        .uniqueKey(key),
                event -> event.job(refused).word("held").holder(by));
    }

    /** Handed out now, for 30 s by a store's clock that shows what the history's shows. */
    Told claim(String worker, long job, long token) {
        return claim(worker, job, token, event -> {});
    }

    Told claim(String worker, long job, long token, Consumer<Event.Builder> more) {
        calls++;
        return add(worker, calls, Op.CLAIM, Phase.INVOKE, event -> event.lasting(LEASE))
                .handedOut(worker, calls, job, token, more);
    }

    /** The answer to a claim. */
    Told handedOut(String worker, long call, long job, long token, Consumer<Event.Builder> more) {
        return add(worker, call, Op.CLAIM, Phase.OK, event -> {
            event.job(job)
                    .lane("main", "mail", "send")
                    .sha256(SHA)
                    .token(token)
                    .attempt(1)
                    .maxAttempts(3)
                    .size(1)
                    .lasting(LEASE)
                    .until(now + LEASE);
            more.accept(event);
        });
    }

    Told settle(String worker, long job, long token, String outcome) {
        return settle(worker, job, token, outcome, "accepted");
    }

    Told settle(String worker, long job, long token, String outcome, String answer) {
        return call(
                worker,
                Op.SETTLE,
                event -> event.job(job).token(token).word(outcome).after(5 * SECOND),
                event -> event.job(job).token(token).word(answer));
    }

    /** Asked, and the answer is lost. */
    Told unknownSettle(String worker, long job, long token, String outcome) {
        calls++;
        return add(
                        worker,
                        calls,
                        Op.SETTLE,
                        Phase.INVOKE,
                        event -> event.job(job).token(token).word(outcome))
                .add(
                        worker,
                        calls,
                        Op.SETTLE,
                        Phase.INFO,
                        event -> event.job(job).token(token));
    }

    Told split(String worker, long job, long token, long own) {
        return call(
                worker,
                Op.SPLIT,
                event -> event.job(job).token(token),
                event -> event.job(job).token(token).own(own));
    }

    /** Completed in a transaction of the handler's, of which that is known: ok if it was committed. */
    Told complete(String worker, long job, long token, Phase how) {
        calls++;
        return add(
                        worker,
                        calls,
                        Op.SETTLE,
                        Phase.INVOKE,
                        event -> event.job(job).token(token).transactional(true).word("completed"))
                .add(
                        worker,
                        calls,
                        Op.SETTLE,
                        how,
                        event -> event.job(job).token(token).transactional(true).word("accepted"));
    }

    /** What a handler wrote with the completion of its job is there. */
    Told row(long job) {
        calls++;
        return add("harness", calls, Op.ROW, Phase.OK, event -> event.job(job));
    }

    Told renew(String worker, long token, String answer) {
        return call(
                worker,
                Op.RENEW,
                event -> event.token(token).lasting(LEASE),
                event -> event.token(token).word(answer));
    }

    Told amend(long job, String word) {
        return call(
                "operator",
                Op.AMEND,
                event -> event.job(job).word(word),
                event -> event.job(job).word("done"));
    }

    Told byHand(Op op, long job, String answer) {
        return call(
                "operator", op, event -> event.job(job), event -> event.job(job).word(answer));
    }

    Told lead(String node, long epoch) {
        return call(
                node,
                Op.LEAD,
                event -> event.epoch(epoch),
                event -> event.epoch(epoch).word("accepted"));
    }

    Told kill(String worker) {
        calls++;
        return add(worker, calls, Op.FAULT, Phase.INVOKE, event -> event.word(HistoryChecker.KILL));
    }

    Told end(long job, String state) {
        return end(job, state, event -> {});
    }

    Told end(long job, String state, Consumer<Event.Builder> more) {
        calls++;
        return add("harness", calls, Op.FINAL, Phase.OK, event -> {
            event.job(job).word(state).attempt(1).maxAttempts(3);
            more.accept(event);
        });
    }

    Verdict verdict() {
        HistoryChecker checker = new HistoryChecker(SLACK);
        events.forEach(checker);
        return checker.verdict();
    }
}
