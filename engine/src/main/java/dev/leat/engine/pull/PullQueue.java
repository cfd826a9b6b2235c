package dev.leat.engine.pull;

import dev.leat.api.Checks;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.Capabilities;
import dev.leat.api.store.Health;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobHead;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Operated;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.engine.backend.Routes;
import dev.leat.engine.client.Client;
import dev.leat.engine.client.EnqueueOptions;
import dev.leat.engine.client.JobDraft;
import dev.leat.engine.client.Receipt;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue whose jobs the caller takes by itself, instead of giving a handler for them. What is taken is the caller's until its lease ends:
 * by then it has to be acknowledged, refused or extended, or it comes back as after a crash.
 *
 * <p>Thread-safe. Calls throw {@link StoreException} when the store cannot be used; each may be made again, and an acknowledgement that was
 * accepted before is then answered as stale.
 */
public final class PullQueue {
    private static final Logger LOG = LoggerFactory.getLogger(PullQueue.class);

    /** The most jobs of one call. */
    public static final int MOST = 1_000;

    /** The longest wait of one call. */
    public static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    /** So often those look also where the queue was before who wait for its jobs. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** So often those who wait see whether the queue was given another backend, if they were not told since they had only just begun. */
    private static final Duration LOOK_FOR_ROUTES = Routes.NOTICE;

    /** Of the clock that ids are made by, at most. */
    private static final Duration IDS_AHEAD = Duration.ofSeconds(2);

    private final Supplier<SequencedMap<String, Puller>> pullers;
    private final Client client;
    private final Supplier<Inspect> inspect;
    private final Supplier<Operate> operate;
    private final Supplier<Instant> time;
    private final PullConfig config;
    private final List<Lane> lanes;

    /**
     * Made by the engine.
     *
     * @param pullers those of the backends that the queue's jobs may be in now; the first is the one that new ones go into
     * @param inspect looks at jobs, wherever they are
     * @param operate changes jobs, wherever they are
     * @param time by the clock that ids are made by, which is not always that of the store which has the jobs
     */
    public PullQueue(
            PullConfig config,
            Supplier<SequencedMap<String, Puller>> pullers,
            Client client,
            Supplier<Inspect> inspect,
            Supplier<Operate> operate,
            Supplier<Instant> time) {
        this.config = config;
        this.pullers = pullers;
        this.client = client;
        this.inspect = inspect;
        this.operate = operate;
        this.time = time;
        lanes = config.kinds().stream()
                .map(kind -> new Lane(config.of().tenant(), config.of().queue(), kind))
                .toList();
    }

    /** Enqueues a job of the first of the queue's kinds; returns when it is durable. */
    public Receipt enqueue(Payload payload) {
        return enqueue(payload, EnqueueOptions.DEFAULT);
    }

    /** The same with options, of which tenant and queue are not looked at. */
    public Receipt enqueue(Payload payload, EnqueueOptions options) {
        return client.enqueue(draft(payload, options));
    }

    /** Enqueues jobs, all or none; returns when they are durable. */
    public List<Receipt> batchEnqueue(List<Payload> payloads, EnqueueOptions options) {
        Checks.range("payloads", payloads.size(), 1, MOST);
        return client.enqueue(client.prepare(
                payloads.stream().map(each -> draft(each, options)).toList()));
    }

    private JobDraft draft(Payload payload, EnqueueOptions options) {
        Integer priority = options.priority();
        Integer maxAttempts = options.maxAttempts();
        return new JobDraft(
                lanes.getFirst(),
                payload,
                priority == null ? NewJob.DEFAULT_PRIORITY : priority,
                maxAttempts == null ? NewJob.DEFAULT_MAX_ATTEMPTS : maxAttempts,
                options.due(),
                options.uniqueKey());
    }

    /** Takes a job, waiting so long for one. */
    public Optional<Pulled> dequeue(Duration wait) throws InterruptedException {
        return batchDequeue(1, wait).stream().findFirst();
    }

    /**
     * Takes jobs, waiting so long until there is one; most urgent first, then by the time they became available. May give fewer than there
     * are. What is left in a backend that the queue was in before comes first, and last while that backend is away.
     *
     * @param count 1 to {@link #MOST}
     * @param wait 0 to {@link #LONGEST_WAIT}
     */
    public List<Pulled> batchDequeue(int count, Duration wait) throws InterruptedException {
        Checks.range("count", count, 1, MOST);
        Checks.range("wait", wait, Duration.ZERO, LONGEST_WAIT);
        SequencedMap<String, Puller> all = pullers.get();
        long end = all.firstEntry().getValue().nanoTime() + wait.toNanos();
        while (true) {
            Puller present = all.firstEntry().getValue();
            Duration left = Duration.ofNanos(Math.max(0, end - present.nanoTime()));
            Duration most = all.size() == 1 ? LOOK_FOR_ROUTES : LOOK;
            List<Pulled> taken = takeLeftBehind(all, count);
            if (taken.isEmpty()) {
                taken = take(all.firstEntry(), count, left.compareTo(most) < 0 ? left : most);
            }
            if (!taken.isEmpty() || present.isClosed() || end - present.nanoTime() <= 0) {
                return taken;
            }
            all = pullers.get();
        }
    }

    /** From where the queue was before: jobs there are older than those that came since. */
    private List<Pulled> takeLeftBehind(SequencedMap<String, Puller> from, int count) throws InterruptedException {
        for (Map.Entry<String, Puller> each : from.sequencedEntrySet().reversed()) {
            if (!each.getKey().equals(from.firstEntry().getKey())
                    && !each.getValue().isAway()) {
                List<Pulled> taken = takenUnlessAway(each, count);
                if (!taken.isEmpty()) {
                    return taken;
                }
            }
        }
        return List.of();
    }

    /** None if it is away, so that the jobs of the others can be taken. Its health says so. */
    private List<Pulled> takenUnlessAway(Map.Entry<String, Puller> from, int count) throws InterruptedException {
        try {
            return take(from, count, Duration.ZERO);
        } catch (StoreException e) {
            LOG.debug(
                    "backend {}, where queue {} was before, is away",
                    from.getKey(),
                    config.of().queue(),
                    e);
            return List.of();
        }
    }

    private List<Pulled> take(Map.Entry<String, Puller> from, int count, Duration wait) throws InterruptedException {
        return from.getValue().take(lanes, count, config.lease(), wait).stream()
                .flatMap(lease -> pulled(from.getKey(), lease))
                .toList();
    }

    private static Stream<Pulled> pulled(String backend, Lease lease) {
        return lease.claims().stream()
                .map(claim -> new Pulled(
                        backend,
                        lease.id(),
                        claim.job(),
                        lease.lane().kind(),
                        lease.priority(),
                        lease.attempt(),
                        claim.maxAttempts(),
                        claim.payload(),
                        lease.expiresAt()));
    }

    /** Says that a job is done. False if it is not the caller's any more. */
    public boolean ack(Handle handle) {
        return ack(List.of(handle)).getFirst().accepted();
    }

    /** The same with what it came to, which is kept with the job. */
    public boolean ack(Handle handle, @Nullable Payload result) {
        return settled(List.of(handle), of -> new Outcome.Completed(result))
                .getFirst()
                .accepted();
    }

    /** Says that jobs are done and what each came to: as many results as handles. */
    public List<Settled> ack(List<Handle> handles, List<Payload> results) {
        if (results.size() != handles.size()) {
            throw new IllegalArgumentException(results.size() + " results for " + handles.size() + " handles");
        }
        Iterator<Payload> next = results.iterator();
        return settled(handles, of -> new Outcome.Completed(next.next()));
    }

    /**
     * Says that jobs are done, each judged alone.
     *
     * @param handles at most {@link #MOST}
     */
    public List<Settled> ack(List<Handle> handles) {
        return settled(handles, of -> new Outcome.Completed(null));
    }

    /**
     * Says that jobs were not done, each judged alone.
     *
     * @param handles at most {@link #MOST}
     */
    public List<Settled> nack(List<Handle> handles, Nack nack) {
        return settled(
                handles,
                of -> nack.requeue() && of.attempt() < of.maxAttempts()
                        ? new Outcome.Retry(nack.after(), nack.reason())
                        : new Outcome.Discard(nack.reason()));
    }

    /**
     * Gives jobs back that were not begun, which costs them no attempt.
     *
     * @param handles at most {@link #MOST}
     */
    public List<Settled> release(List<Handle> handles) {
        return settled(handles, of -> new Outcome.Release());
    }

    private List<Settled> settled(List<Handle> handles, Function<Handle, Outcome> outcome) {
        Checks.range("handles", handles.size(), 1, MOST);
        List<Settlement> settlements = handles.stream()
                .map(each -> new Settlement(each.lease(), each.job(), outcome.apply(each)))
                .toList();
        List<Settled> answers = new ArrayList<>(settlements.stream()
                .map(each -> new Settled(each.lease(), each.job(), Settled.Answer.STALE_LEASE))
                .toList());
        eachBackend(handles, (puller, places) -> {
            List<Settled> here =
                    puller.settle(places.stream().map(settlements::get).toList());
            for (int i = 0; i < here.size(); i++) {
                answers.set(places.get(i), here.get(i));
            }
        });
        return answers;
    }

    /** With the places of the handles that are of a backend; those of one that the queue was never in are left out. All are asked, also if one fails. */
    private void eachBackend(List<Handle> handles, BiConsumer<Puller, List<Integer>> call) {
        Map<String, List<Integer>> places = IntStream.range(0, handles.size())
                .boxed()
                .collect(Collectors.groupingBy(i -> handles.get(i).backend()));
        StoreException failure = null;
        boolean done = false;
        for (Map.Entry<String, Puller> each : pullers.get().entrySet()) {
            List<Integer> here = places.get(each.getKey());
            if (here != null) {
                try {
                    call.accept(each.getValue(), here);
                    done = true;
                } catch (StoreException e) {
                    failure = e;
                }
            }
        }
        if (failure != null) {
            throw done ? new StoreException(String.valueOf(failure.getMessage()), Effect.UNKNOWN, failure) : failure;
        }
    }

    /**
     * Has what was taken be the caller's for another lease from now on.
     *
     * @param handles at most {@link #MOST}; those that were taken together are extended together
     * @return for each of them, whether it still is the caller's
     */
    public List<Boolean> extend(List<Handle> handles) {
        Checks.range("handles", handles.size(), 1, MOST);
        Boolean[] held = new Boolean[handles.size()];
        Arrays.fill(held, false);
        eachBackend(handles, (puller, places) -> {
            List<LeaseId> leases =
                    places.stream().map(i -> handles.get(i).lease()).distinct().toList();
            Set<LeaseId> renewed = puller.renew(leases, config.lease());
            places.forEach(i -> held[i] = renewed.contains(handles.get(i).lease()));
        });
        return List.of(held);
    }

    /** How many jobs could be taken now, of whatever kind. */
    public long length() {
        return stats().getOrDefault(JobState.AVAILABLE, 0L);
    }

    /** How many jobs of the queue are in each state; a state without jobs may be missing. */
    public Map<JobState, Long> stats() {
        return inspect.get().counts(config.of().tenant(), config.of().queue());
    }

    /**
     * Available jobs with all that is known of them, by the time they were enqueued, without taking them.
     *
     * @param count 1 to {@link #MOST}
     */
    public List<JobRecord> peek(int count) {
        Checks.range("count", count, 1, MOST);
        WaitingJobs pages = new WaitingJobs(inspect.get(), config.of(), Set.of(JobState.AVAILABLE), Instant.MAX);
        if (!pages.hasNext()) {
            return List.of();
        }
        List<JobId> ids = pages.next().stream().limit(count).map(JobHead::id).toList();
        return inspect.get().find(config.of().tenant(), ids);
    }

    /** The jobs that wait, as they are found page by page, by the time they were enqueued. */
    public Stream<JobHead> iterate() {
        Iterable<List<JobHead>> pages = this::waiting;
        return StreamSupport.stream(pages.spliterator(), false).flatMap(List::stream);
    }

    private Iterator<List<JobHead>> waiting() {
        return new WaitingJobs(
                inspect.get(), config.of(), WaitingJobs.WAITING, time.get().plus(IDS_AHEAD));
    }

    /** Calls off all that waited when this was called, and tells how many those were. They are kept as cancelled. */
    public long clear() {
        return done(ids -> operate.get().cancel(config.of().tenant(), ids));
    }

    /**
     * Calls jobs off that wait. They are kept as cancelled.
     *
     * @param ids at most {@link #MOST}
     */
    public List<Operated> delete(List<JobId> ids) {
        Checks.range("ids", ids.size(), 1, MOST);
        return operate.get().cancel(config.of().tenant(), ids);
    }

    /**
     * Has jobs that wait wait in another queue.
     *
     * @param ids at most {@link #MOST}
     */
    public List<Operated> move(List<JobId> ids, QueueName to) {
        Checks.range("ids", ids.size(), 1, MOST);
        return operate.get().amend(config.of().tenant(), ids, new Amendment.Move(to));
    }

    /** Has all that waited when this was called wait in another queue, and tells how many those were. */
    public long moveAll(QueueName to) {
        if (to.equals(config.of().queue())) {
            return 0;
        }
        return done(ids -> operate.get().amend(config.of().tenant(), ids, new Amendment.Move(to)));
    }

    /** To how many of the jobs that wait it was done, page by page. */
    private long done(Function<List<JobId>, List<Operated>> change) {
        long done = 0;
        for (Iterator<List<JobHead>> pages = waiting(); pages.hasNext(); ) {
            List<JobId> ids = pages.next().stream().map(JobHead::id).toList();
            done += change.apply(ids).stream()
                    .filter(Operated.Done.class::isInstance)
                    .count();
        }
        return done;
    }

    private JobStore store() {
        return pullers.get().firstEntry().getValue().store();
    }

    /** Of the backend that new jobs go into. */
    public Capabilities capabilities() {
        return store().capabilities();
    }

    public Health health() {
        return store().health();
    }
}
