package dev.leat.server.local;

import dev.leat.api.Checks;
import dev.leat.api.ContentType;
import dev.leat.api.InvalidValueException;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.control.ControlStore;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Due;
import dev.leat.api.store.Health;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobHead;
import dev.leat.api.store.JobQuery;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Operated;
import dev.leat.api.store.Prune;
import dev.leat.api.store.Pruned;
import dev.leat.api.store.QueueCounts;
import dev.leat.api.store.UniqueKey;
import dev.leat.engine.Leat;
import dev.leat.engine.backend.Backends;
import dev.leat.engine.client.Client;
import dev.leat.engine.client.JobDraft;
import dev.leat.engine.client.Receipt;
import dev.leat.engine.duty.Duty;
import dev.leat.wire.AckJobs;
import dev.leat.wire.ApiException;
import dev.leat.wire.BackendView;
import dev.leat.wire.DequeueJobs;
import dev.leat.wire.DequeuedJobs;
import dev.leat.wire.EnqueueAnswer;
import dev.leat.wire.EnqueueJob;
import dev.leat.wire.EnqueueStatus;
import dev.leat.wire.EnqueuedJob;
import dev.leat.wire.ExtendJobs;
import dev.leat.wire.HandleAnswers;
import dev.leat.wire.JobFilter;
import dev.leat.wire.JobPage;
import dev.leat.wire.JobView;
import dev.leat.wire.LeatApi;
import dev.leat.wire.MoveJob;
import dev.leat.wire.NackJobs;
import dev.leat.wire.PruneAnswer;
import dev.leat.wire.PruneJobs;
import dev.leat.wire.QueueFilter;
import dev.leat.wire.QueuePage;
import dev.leat.wire.QueueRoute;
import dev.leat.wire.QueueView;
import dev.leat.wire.RawJson;
import dev.leat.wire.ReleaseJobs;
import dev.leat.wire.ReplacePayload;
import dev.leat.wire.ReprioritiseJob;
import dev.leat.wire.RescheduleJob;
import dev.leat.wire.RouteQueue;
import dev.leat.wire.StateCounts;
import dev.leat.wire.Stats;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The calls, answered from an engine and its stores in this process. They belong to the caller. */
public final class LocalApi implements LeatApi {
    /** What a call prunes is over in a few seconds. */
    private static final int PRUNED_AT_ONCE = 1_000;

    private static final int PRUNE_STEPS = 10;

    private final TenantName tenant = TenantName.MAIN;
    private final Leat leat;
    private final Backends backends;
    private final Inspect inspect;
    private final Operate operate;
    private final Idempotency idempotency;
    private final PullCalls pulls;
    private final String version;

    /**
     * Answers from these.
     *
     * @param version of this program
     * @throws dev.leat.api.AbsentCapabilityException if the jobs of a backend cannot be looked at or changed by hand
     */
    public LocalApi(Leat leat, ControlStore control, String version) {
        this.leat = leat;
        this.version = version;
        backends = leat.backends();
        inspect = leat.inspect();
        operate = leat.operate();
        idempotency = new Idempotency(control, leat.client());
        pulls = new PullCalls(tenant, leat);
    }

    /** Forgets the idempotency keys whose time has passed; to be done every hour or so. */
    public Duty upkeep() {
        return idempotency;
    }

    @Override
    public EnqueueAnswer enqueue(List<EnqueueJob> wanted, @Nullable String idempotencyKey) {
        return answered(() -> {
            Checks.range("jobs", wanted.size(), 1, MOST_JOBS);
            List<JobDraft> drafts = drafts(wanted);
            EnqueueAnswer answer = new EnqueueAnswer(receipts(drafts, idempotencyKey).stream()
                    .map(receipt -> new EnqueuedJob(
                            receipt.id(), EnqueueStatus.valueOf(receipt.status().name())))
                    .toList());
            drafts.stream().map(draft -> draft.lane().queue()).distinct().forEach(leat::expectJobs);
            return answer;
        });
    }

    private List<Receipt> receipts(List<JobDraft> drafts, @Nullable String idempotencyKey) {
        Client client = leat.client();
        if (idempotencyKey != null) {
            return client.enqueue(idempotency.prepare(tenant, idempotencyKey, drafts));
        }
        return drafts.size() == 1 ? List.of(client.enqueue(drafts.getFirst())) : client.enqueue(client.prepare(drafts));
    }

    private List<JobDraft> drafts(List<EnqueueJob> wanted) {
        List<JobDraft> drafts = new ArrayList<>(wanted.size());
        for (EnqueueJob job : wanted) {
            try {
                drafts.add(draft(job));
            } catch (InvalidValueException e) {
                throw wanted.size() == 1 ? e : e.in("[" + drafts.size() + "]." + e.field());
            }
        }
        return drafts;
    }

    private JobDraft draft(EnqueueJob job) {
        QueueName queue = job.queue() == null ? QueueName.DEFAULT : job.queue();
        RawJson payload = job.payload() == null ? RawJson.NULL : job.payload();
        return new JobDraft(
                new Lane(tenant, queue, job.kind()),
                Payload.of(payload.bytes(), ContentType.JSON),
                job.priority() == null ? NewJob.DEFAULT_PRIORITY : job.priority(),
                job.maxAttempts() == null ? NewJob.DEFAULT_MAX_ATTEMPTS : job.maxAttempts(),
                due(job.runAt(), job.delayMillis()),
                uniqueKey(job));
    }

    private static @Nullable UniqueKey uniqueKey(EnqueueJob job) {
        String text = job.uniqueKey();
        Long millis = job.uniqueMillis();
        if (text == null) {
            return null;
        }
        if (millis == null) {
            return UniqueKey.untilEnded(text);
        }
        Checks.range(
                "unique_millis", millis, UniqueKey.SHORTEST_WINDOW.toMillis(), UniqueKey.LONGEST_WINDOW.toMillis());
        return UniqueKey.within(Duration.ofMillis(millis), text);
    }

    private static Due due(@Nullable Instant runAt, @Nullable Long delayMillis) {
        if (runAt != null) {
            try {
                return Due.at(runAt);
            } catch (InvalidValueException e) {
                throw e.in("run_at");
            }
        }
        if (delayMillis == null) {
            return Due.now();
        }
        Checks.range("delay_millis", delayMillis, 0, Due.MAX_DELAY.toMillis());
        return Due.after(Duration.ofMillis(delayMillis));
    }

    @Override
    public JobView job(JobId id) {
        return answered(() -> Views.view(found(id)));
    }

    private JobRecord found(JobId id) {
        return inspect.find(tenant, id).orElseThrow(() -> missing(id));
    }

    private static ApiException missing(JobId id) {
        return Problems.exception(404, "JOB_NOT_FOUND", "There is no job " + id + ".");
    }

    @Override
    public JobPage jobs(JobFilter filter) {
        return answered(() -> {
            Set<JobState> states = filter.states().isEmpty() ? EnumSet.allOf(JobState.class) : filter.states();
            List<JobHead> page = inspect.list(new JobQuery(
                    tenant,
                    filter.queue(),
                    filter.kind(),
                    states,
                    JobQuery.Order.NEWEST_FIRST,
                    filter.cursor() == null ? null : cursor(filter.cursor(), JobId::parse),
                    filter.limit() + 1));
            boolean more = page.size() > filter.limit();
            List<JobHead> shown = more ? page.subList(0, filter.limit()) : page;
            return new JobPage(
                    shown.stream().map(Views::summary).toList(),
                    more ? shown.getLast().id().toString() : null);
        });
    }

    private static <T> T cursor(String text, Function<String, T> parse) {
        try {
            return parse.apply(text);
        } catch (InvalidValueException e) {
            throw new InvalidValueException(
                    "CURSOR_INVALID", "cursor", "is not one that was given out", "the field next of the page before");
        }
    }

    @Override
    public JobView cancel(JobId id) {
        return operated(id, operate::cancel, "cancelled");
    }

    @Override
    public JobView retry(JobId id) {
        return operated(id, operate::retry, "retried");
    }

    @Override
    public JobView reschedule(JobId id, RescheduleJob change) {
        return amended(id, () -> new Amendment.Reschedule(due(change.runAt(), change.delayMillis())), "rescheduled");
    }

    @Override
    public JobView reprioritise(JobId id, ReprioritiseJob change) {
        return amended(id, () -> new Amendment.Reprioritise(change.priority()), "reprioritised");
    }

    @Override
    public JobView move(JobId id, MoveJob change) {
        return amended(id, () -> new Amendment.Move(change.queue()), "moved");
    }

    @Override
    public JobView replacePayload(JobId id, ReplacePayload change) {
        return amended(
                id,
                () -> new Amendment.ReplacePayload(Payload.of(change.payload().bytes(), ContentType.JSON)),
                "given another payload");
    }

    private JobView amended(JobId id, Supplier<Amendment> change, String done) {
        return answered(() -> {
            Amendment amendment = change.get();
            return operated(id, (owner, ids) -> operate.amend(owner, ids, amendment), done);
        });
    }

    private JobView operated(JobId id, Verb verb, String done) {
        return answered(() -> {
            Operated answer = verb.on(tenant, List.of(id)).getFirst();
            return switch (answer) {
                case Operated.NotFound missing -> throw missing(id);
                case Operated.NotAllowed(JobId job, JobState state) ->
                    throw Problems.exception(
                            409,
                            "JOB_" + state.name(),
                            "Job " + job + " is " + state.word() + " and so cannot be " + done + "."
                                    + (state == JobState.COMPLETED ? " Enqueue a new one instead." : ""));
                case Operated.Done(JobId job, Lane _, JobState _) -> {
                    JobRecord now = found(job);
                    leat.expectJobs(now.lane().queue());
                    yield Views.view(now);
                }
            };
        });
    }

    @Override
    public QueuePage queues(QueueFilter filter) {
        return answered(() -> {
            List<QueueCounts> page = inspect.queues(
                    tenant,
                    filter.cursor() == null ? null : cursor(filter.cursor(), QueueName::new),
                    filter.limit() + 1);
            boolean more = page.size() > filter.limit();
            List<QueueCounts> shown = more ? page.subList(0, filter.limit()) : page;
            return new QueuePage(
                    shown.stream()
                            .map(each -> view(each.queue(), StateCounts.of(each.counts())))
                            .toList(),
                    more ? shown.getLast().queue().value() : null);
        });
    }

    private QueueView view(QueueName queue, StateCounts counts) {
        return new QueueView(queue, leat.routes().backend(queue, null), leat.isPaused(tenant, queue), counts);
    }

    @Override
    public QueueView pause(QueueName queue) {
        return answered(() -> {
            leat.pause(tenant, queue);
            return view(queue, StateCounts.of(inspect.counts(tenant, queue)));
        });
    }

    @Override
    public QueueView resume(QueueName queue) {
        return answered(() -> {
            leat.resume(tenant, queue);
            return view(queue, StateCounts.of(inspect.counts(tenant, queue)));
        });
    }

    @Override
    public QueueRoute route(QueueName queue, RouteQueue to) {
        return answered(() -> {
            Instant since = leat.route(queue, to.backend()).orElse(null);
            return new QueueRoute(queue, to.backend(), since);
        });
    }

    @Override
    public List<BackendView> backends() {
        return answered(() -> backends.stores().entrySet().stream()
                .map(each -> Views.view(each.getKey(), each.getValue()))
                .toList());
    }

    @Override
    public DequeuedJobs dequeue(QueueName queue, DequeueJobs wanted) {
        return answered(() -> pulls.dequeue(queue, wanted));
    }

    @Override
    public HandleAnswers ack(QueueName queue, AckJobs done) {
        return answered(() -> pulls.ack(queue, done));
    }

    @Override
    public HandleAnswers nack(QueueName queue, NackJobs undone) {
        return answered(() -> pulls.nack(queue, undone));
    }

    @Override
    public HandleAnswers release(QueueName queue, ReleaseJobs unbegun) {
        return answered(() -> pulls.release(queue, unbegun));
    }

    @Override
    public HandleAnswers extend(QueueName queue, ExtendJobs held) {
        return answered(() -> pulls.extend(queue, held));
    }

    @Override
    public PruneAnswer prune(PruneJobs what) {
        return answered(() -> {
            backends.standard().capabilities().require(Capability.RETENTION, "postgres");
            Prune prune = backends.prune().orElseThrow();
            if (isSaid(what.dryRun())) {
                return Views.view(List.of(prune.due(leat.retention())));
            }
            if (!isSaid(what.goOn())) {
                prune.again();
            }
            List<Pruned> steps = new ArrayList<>();
            do {
                steps.add(prune.prune(leat.retention(), PRUNED_AT_ONCE));
            } while (steps.getLast().more() && steps.size() < PRUNE_STEPS);
            return Views.view(steps);
        });
    }

    private static boolean isSaid(@Nullable Boolean what) {
        return what != null && what;
    }

    @Override
    public Stats stats() {
        return answered(() -> {
            Health health = backends.health();
            return new Stats(
                    backends.standard().time(),
                    version,
                    backends.standard().capabilities().store(),
                    health.status(),
                    health.detail(),
                    inspect.queueNames(tenant).size(),
                    StateCounts.of(inspect.counts(tenant)));
        });
    }

    private static <T> T answered(Supplier<T> call) {
        try {
            return call.get();
        } catch (ApiException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new ApiException(Problems.of(e), e);
        }
    }

    private interface Verb {
        List<Operated> on(TenantName tenant, List<JobId> ids);
    }
}
