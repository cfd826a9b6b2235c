package dev.leat.verify.history;

import dev.leat.api.JobId;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.StoreException;
import dev.leat.api.TenantName;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.Claim;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.ForwardingJobStore;
import dev.leat.api.store.Handover;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Operated;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Renewed;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Transactional;
import dev.leat.api.store.Turn;
import dev.leat.api.store.UniqueKey;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A store that writes down what is asked of it, before, and what it answers, after. */
public final class RecordedJobStore extends ForwardingJobStore {
    private final Recorder recorder;

    /** What the ends of transactions decide, by their connections. */
    private final Map<Connection, List<Consumer<Phase>>> undecided = new ConcurrentHashMap<>();

    public RecordedJobStore(JobStore store, Recorder recorder) {
        super(store);
        this.recorder = recorder;
    }

    @Override
    public List<Enqueued> enqueue(List<NewJob> jobs) {
        if (jobs.isEmpty()) {
            return store.enqueue(jobs);
        }
        long call = recorder.call();
        recorder.record(call, Op.ENQUEUE, Phase.INVOKE, jobs, RecordedJobStore::asked);
        List<Enqueued> answers = made(() -> store.enqueue(jobs), phase -> notEnqueued(call, phase, jobs));
        enqueued(call, answers);
        return answers;
    }

    private void notEnqueued(long call, Phase phase, List<NewJob> jobs) {
        recorder.record(
                call,
                Op.ENQUEUE,
                phase,
                jobs,
                (event, job) -> event.job(job.id().value()));
    }

    private void enqueued(long call, List<Enqueued> answers) {
        recorder.record(call, Op.ENQUEUE, Phase.OK, answers, (event, answer) -> {
            event.job(answer.id().value()).word(word(answer));
            if (answer instanceof Enqueued.Held held) {
                event.holder(held.holder().value());
            }
        });
    }

    private static void asked(Event.Builder event, NewJob job) {
        event.job(job.id().value())
                .lane(
                        job.lane().tenant().value(),
                        job.lane().queue().value(),
                        job.lane().kind().value())
                .priority(job.priority())
                .maxAttempts(job.maxAttempts())
                .sha256(HexFormat.of().formatHex(job.payload().sha256()));
        UniqueKey key = job.uniqueKey();
        if (key != null) {
            event.uniqueKey(key.text())
                    .lasting(key.window() == null ? 0 : key.window().toNanos());
        }
        due(event, job.due());
    }

    private static void due(Event.Builder event, Due due) {
        switch (due) {
            case Due.Now now -> {}
            case Due.After after -> event.after(after.delay().toNanos());
            case Due.At at -> event.due(nanos(at.instant()));
        }
    }

    private static String word(Enqueued answer) {
        return switch (answer) {
            case Enqueued.Accepted accepted -> "accepted";
            case Enqueued.Duplicate duplicate -> "duplicate";
            case Enqueued.Clash clash -> "clash";
            case Enqueued.Held held -> "held";
            case Enqueued.InTransaction undecided -> "in_transaction";
        };
    }

    @Override
    public Claimed claim(ClaimRequest request) {
        long call = recorder.call();
        asked(call, request);
        Claimed claimed = made(() -> store.claim(request), phase -> ended(call, phase));
        handedOut(call, request, claimed.leases());
        return claimed;
    }

    /** Two calls at once: one that enqueues and one that claims. */
    @Override
    public Handover enqueueAndClaim(NewJob job, ClaimRequest request) {
        List<NewJob> jobs = List.of(job);
        long enqueue = recorder.call();
        long claim = recorder.call();
        recorder.record(enqueue, Op.ENQUEUE, Phase.INVOKE, jobs, RecordedJobStore::asked);
        asked(claim, request);
        Handover handover = made(() -> store.enqueueAndClaim(job, request), phase -> {
            notEnqueued(enqueue, phase, jobs);
            ended(claim, phase);
        });
        Lease lease = handover.lease();
        enqueued(enqueue, List.of(handover.enqueued()));
        handedOut(claim, request, lease == null ? List.of() : List.of(lease));
        return handover;
    }

    private void asked(long call, ClaimRequest request) {
        recorder.record(
                call,
                Op.CLAIM,
                Phase.INVOKE,
                event -> event.size(request.maxJobs()).lasting(request.lease().toNanos()));
    }

    private void ended(long call, Phase phase) {
        recorder.record(call, Op.CLAIM, phase, event -> {});
    }

    private void handedOut(long call, ClaimRequest request, List<Lease> leases) {
        record HandedOut(Lease lease, Claim claim) {}
        List<HandedOut> all = leases.stream()
                .flatMap(lease -> lease.claims().stream().map(claim -> new HandedOut(lease, claim)))
                .toList();
        recorder.record(
                call,
                Op.CLAIM,
                Phase.OK,
                all,
                (event, each) -> event.job(each.claim.job().value())
                        .lane(
                                each.lease.lane().tenant().value(),
                                each.lease.lane().queue().value(),
                                each.lease.lane().kind().value())
                        .priority(each.lease.priority())
                        .attempt(each.lease.attempt())
                        .maxAttempts(each.claim.maxAttempts())
                        .token(each.lease.id().value())
                        .size(each.lease.claims().size())
                        .suspect(each.lease.suspect())
                        .until(nanos(each.lease.expiresAt()))
                        .lasting(request.lease().toNanos())
                        .sha256(HexFormat.of().formatHex(each.claim.payload().sha256())));
    }

    @Override
    public List<Settled> settle(List<Settlement> settlements) {
        if (settlements.isEmpty()) {
            return store.settle(settlements);
        }
        long call = recorder.call();
        asked(call, settlements);
        List<Settled> answers = made(() -> store.settle(settlements), phase -> ended(call, phase, settlements));
        answered(call, answers);
        return answers;
    }

    private void asked(long call, List<Settlement> settlements) {
        recorder.record(
                call,
                Op.SETTLE,
                Phase.INVOKE,
                settlements,
                (event, each) -> event.job(each.job().value())
                        .token(each.lease().value())
                        .word(word(each.outcome()))
                        .after(after(each.outcome())));
    }

    private static String word(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Completed completed -> "completed";
            case Outcome.Retry retry -> "retry";
            case Outcome.Discard discard -> "discard";
            case Outcome.Snooze snooze -> "snooze";
            case Outcome.Release release -> "release";
            case Outcome.Cancelled cancelled -> "cancelled";
        };
    }

    private static long after(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Retry retry -> retry.after().toNanos();
            case Outcome.Snooze snooze -> snooze.after().toNanos();
            default -> 0;
        };
    }

    private void ended(long call, Phase phase, List<Settlement> settlements) {
        recorder.record(
                call,
                Op.SETTLE,
                phase,
                settlements,
                (event, each) ->
                        event.job(each.job().value()).token(each.lease().value()));
    }

    private void answered(long call, List<Settled> answers) {
        recorder.record(
                call,
                Op.SETTLE,
                Phase.OK,
                answers,
                (event, each) -> event.job(each.job().value())
                        .token(each.lease().value())
                        .word(each.answer().name().toLowerCase(Locale.ROOT)));
    }

    @Override
    public Turn settleAndClaim(List<Settlement> settlements, ClaimRequest request) {
        long call = recorder.call();
        if (!settlements.isEmpty()) {
            asked(call, settlements);
        }
        asked(call, request);
        Turn turn = made(() -> store.settleAndClaim(settlements, request), phase -> {
            if (!settlements.isEmpty()) {
                ended(call, phase, settlements);
            }
            ended(call, phase);
        });
        if (!settlements.isEmpty()) {
            answered(call, turn.settled());
        }
        handedOut(call, request, turn.claimed().leases());
        return turn;
    }

    @Override
    public List<Renewed> renew(List<LeaseId> held, Duration lease) {
        if (held.isEmpty()) {
            return store.renew(held, lease);
        }
        long call = recorder.call();
        recorder.record(
                call,
                Op.RENEW,
                Phase.INVOKE,
                held,
                (event, id) -> event.token(id.value()).lasting(lease.toNanos()));
        List<Renewed> answers = made(
                () -> store.renew(held, lease),
                phase -> recorder.record(call, Op.RENEW, phase, held, (event, id) -> event.token(id.value())));
        recorder.record(
                call,
                Op.RENEW,
                Phase.OK,
                answers,
                (event, answer) -> event.token(answer.lease().value()).word(word(answer.answer())));
        return answers;
    }

    private static String word(Renewed.Answer answer) {
        return switch (answer) {
            case RENEWED -> "held";
            case BUSY -> "busy";
            case GONE -> "gone";
        };
    }

    /** Makes a call; if it fails, writes down whether it may have happened. */
    private static <T> T made(Supplier<T> call, Consumer<Phase> failed) {
        try {
            return call.get();
        } catch (StoreException e) {
            failed.accept(e.effect() == StoreException.Effect.NONE ? Phase.FAIL : Phase.INFO);
            throw e;
        } catch (IllegalArgumentException e) {
            failed.accept(Phase.FAIL);
            throw e;
        } catch (RuntimeException | Error e) {
            failed.accept(Phase.INFO);
            throw e;
        }
    }

    private static long nanos(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
    }

    /**
     * Writes down how a transaction ended in which jobs were enqueued or completed through this store.
     *
     * @param how ok if it was committed, fail if it certainly was not and never will be, info if nobody knows
     */
    public void ended(Connection connection, Phase how) {
        List<Consumer<Phase>> decided = undecided.remove(connection);
        if (decided != null) {
            decided.forEach(each -> each.accept(how));
        }
    }

    private void decidedBy(Connection connection, Consumer<Phase> end) {
        undecided.computeIfAbsent(connection, first -> new ArrayList<>()).add(end);
    }

    @Override
    public <T> Optional<T> feature(Class<T> facet) {
        if (facet == Operate.class) {
            return store.feature(Operate.class).map(operate -> facet.cast(new RecordedOperate(operate)));
        }
        return facet == Transactional.class
                ? store.feature(Transactional.class).map(each -> facet.cast(new RecordedTransactional(each)))
                : store.feature(facet);
    }

    private static void named(Event.Builder event, JobId id) {
        event.job(id.value());
    }

    private static void asked(Event.Builder event, Amendment amendment) {
        switch (amendment) {
            case Amendment.Reschedule(Due due) -> due(event.word("reschedule"), due);
            case Amendment.Reprioritise(int priority) ->
                event.word("reprioritise").priority(priority);
            case Amendment.Move(QueueName queue) -> event.word("move").queue(queue.value());
            case Amendment.ReplacePayload(Payload payload) ->
                event.word("replace_payload").sha256(HexFormat.of().formatHex(payload.sha256()));
        }
    }

    private final class RecordedOperate implements Operate {
        private final Operate operate;

        RecordedOperate(Operate operate) {
            this.operate = operate;
        }

        @Override
        public List<Operated> cancel(TenantName tenant, List<JobId> ids) {
            return byHand(Op.CANCEL, ids, RecordedJobStore::named, () -> operate.cancel(tenant, ids));
        }

        @Override
        public List<Operated> retry(TenantName tenant, List<JobId> ids) {
            return byHand(Op.RETRY, ids, RecordedJobStore::named, () -> operate.retry(tenant, ids));
        }

        @Override
        public List<Operated> amend(TenantName tenant, List<JobId> ids, Amendment amendment) {
            return byHand(
                    Op.AMEND,
                    ids,
                    (event, id) -> asked(event.job(id.value()), amendment),
                    () -> operate.amend(tenant, ids, amendment));
        }

        private List<Operated> byHand(
                Op op, List<JobId> ids, BiConsumer<Event.Builder, JobId> asked, Supplier<List<Operated>> verb) {
            if (ids.isEmpty()) {
                return verb.get();
            }
            long call = recorder.call();
            recorder.record(call, op, Phase.INVOKE, ids, asked);
            List<Operated> answers =
                    made(verb, phase -> recorder.record(call, op, phase, ids, RecordedJobStore::named));
            recorder.record(
                    call,
                    op,
                    Phase.OK,
                    answers,
                    (event, answer) -> event.job(answer.job().value())
                            .word(
                                    switch (answer) {
                                        case Operated.Done done -> "done";
                                        case Operated.NotAllowed refused -> "not_allowed";
                                        case Operated.NotFound missing -> "not_found";
                                    }));
            return answers;
        }
    }

    private final class RecordedTransactional implements Transactional {
        private final Transactional transactional;

        RecordedTransactional(Transactional transactional) {
            this.transactional = transactional;
        }

        /** What is not answered by now is when the transaction ends. */
        @Override
        public List<Enqueued> enqueue(Connection connection, List<NewJob> jobs) {
            if (jobs.isEmpty()) {
                return transactional.enqueue(connection, jobs);
            }
            long call = recorder.call();
            recorder.record(call, Op.ENQUEUE, Phase.INVOKE, jobs, RecordedJobStore::asked);
            List<Enqueued> answers =
                    made(() -> transactional.enqueue(connection, jobs), phase -> notEnqueued(call, phase, jobs));
            List<Enqueued> open = answers.stream()
                    .filter(Enqueued.InTransaction.class::isInstance)
                    .toList();
            List<Enqueued> known =
                    answers.stream().filter(answer -> !open.contains(answer)).toList();
            if (!known.isEmpty()) {
                enqueued(call, known);
            }
            if (!open.isEmpty()) {
                decidedBy(
                        connection,
                        how -> recorder.record(call, Op.ENQUEUE, how, open, (event, answer) -> {
                            event.job(answer.id().value());
                            if (how == Phase.OK) {
                                event.word("accepted");
                            }
                        }));
            }
            return answers;
        }

        @Override
        public Optional<LeaseId> split(LeaseId lease, JobId job) {
            long call = recorder.call();
            Consumer<Event.Builder> asked = event -> event.job(job.value()).token(lease.value());
            recorder.record(call, Op.SPLIT, Phase.INVOKE, asked);
            Optional<LeaseId> own =
                    made(() -> transactional.split(lease, job), phase -> recorder.record(call, Op.SPLIT, phase, asked));
            recorder.record(
                    call,
                    Op.SPLIT,
                    Phase.OK,
                    asked.andThen(event -> event.own(own.map(LeaseId::value).orElse(0L))));
            return own;
        }

        /** An acceptance is one only when the transaction is committed. */
        @Override
        public Settled settle(Connection connection, Settlement settlement) {
            long call = recorder.call();
            Consumer<Event.Builder> asked = event -> event.job(settlement.job().value())
                    .token(settlement.lease().value())
                    .transactional(true);
            recorder.record(
                    call, Op.SETTLE, Phase.INVOKE, asked.andThen(event -> event.word(word(settlement.outcome()))));
            // Whatever comes of the call, it is undone unless there is a commit.
            List<Settled> answer = new ArrayList<>();
            decidedBy(
                    connection,
                    how -> recorder.record(
                            call,
                            Op.SETTLE,
                            how == Phase.OK && answer.isEmpty() ? Phase.INFO : how,
                            asked.andThen(event -> {
                                if (how == Phase.OK && !answer.isEmpty()) {
                                    event.word(answer.getFirst().answer().name().toLowerCase(Locale.ROOT));
                                }
                            })));
            answer.add(transactional.settle(connection, settlement));
            return answer.getFirst();
        }

        @Override
        public Completion completion(LeaseId lease, JobId job) {
            return transactional.completion(lease, job);
        }
    }
}
