package dev.leat.engine.client;

import dev.leat.api.Checks;
import dev.leat.api.ContentType;
import dev.leat.api.InvalidValueException;
import dev.leat.api.JobId;
import dev.leat.api.KindName;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.StoreException;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.NewJob;
import dev.leat.engine.codec.Json;
import dev.leat.engine.codec.JsonException;
import dev.leat.engine.handler.JobKind;
import dev.leat.engine.id.IdSource;
import dev.leat.engine.id.Nonces;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/**
 * Enqueues jobs. Everything is checked before anything is stored. Thread-safe.
 *
 * <p>A call returns when its jobs are durable in the store's class. When the store's answer is lost the client asks again by
 * itself, which is safe, and throws {@link UnconfirmedException} if it still does not know.
 */
public final class Client {
    private final IdSource ids;
    private final Map<String, Intake> intakes = new HashMap<>();
    private final Router router;
    private final Nonces nonces = new Nonces();
    private final Map<KindName, JobKind<?>> kinds = new ConcurrentHashMap<>();

    /** @param wake called after jobs were stored that may run at once */
    public Client(JobStore store, IdSource ids, Runnable wake) {
        this(store, ids, wake, IdleWorker.NONE);
    }

    /** @param idleWorker gets jobs that are enqueued alone at once, while it is idle */
    public Client(JobStore store, IdSource ids, Runnable wake, IdleWorker idleWorker) {
        this(ids, Map.of("", new Destination(store, wake, idleWorker)), (queue, at) -> "");
    }

    /** @param destinations by name */
    public Client(IdSource ids, Map<String, Destination> destinations, Router router) {
        this.ids = ids;
        this.router = router;
        destinations.forEach((name, each) -> intakes.put(name, new Intake(each, drafts -> prepare(name, drafts))));
    }

    /** Where jobs go. */
    @FunctionalInterface
    public interface Router {
        /**
         * The name of a destination. Always the same for the same queue and time, so that jobs which are enqueued again are known
         * again.
         *
         * @param at when the job got its id; null for one that gets it now
         */
        String destination(QueueName queue, @Nullable Instant at);
    }

    private Intake intake(QueueName queue, @Nullable Instant at) {
        String name = router.destination(queue, at);
        Intake intake = intakes.get(name);
        if (intake == null) {
            throw new InvalidValueException(
                    "BACKEND_MISSING",
                    "queue",
                    "is \"" + queue + "\", whose jobs are in backend " + name + ", which this process does not have",
                    "a queue of " + String.join(", ", new TreeSet<>(intakes.keySet())));
        }
        return intake;
    }

    /** For a group of jobs that were to go there when they came; of those that were not, none is stored. */
    private PreparedJobs prepare(String destination, List<JobDraft> drafts) {
        PreparedJobs prepared = prepare(drafts);
        for (NewJob job : prepared.jobs()) {
            if (!router.destination(job.lane().queue(), job.id().madeAt()).equals(destination)) {
                throw new ReroutedException();
            }
        }
        return prepared;
    }

    /**
     * Makes a kind known, so that it can be enqueued by name.
     *
     * @throws IllegalArgumentException if another kind has this name
     */
    public void declare(JobKind<?> kind) {
        JobKind<?> known = kinds.putIfAbsent(kind.name(), kind);
        if (known != null && !known.payload().equals(kind.payload())) {
            throw new IllegalArgumentException("kind \"" + kind.name() + "\" is declared twice, with payload "
                    + known.payload().getName() + " and " + kind.payload().getName());
        }
    }

    public <P> Receipt enqueue(JobKind<P> kind, P payload) {
        return enqueue(kind, payload, EnqueueOptions.DEFAULT);
    }

    public <P> Receipt enqueue(JobKind<P> kind, P payload, EnqueueOptions options) {
        declare(kind);
        return enqueue(draft(kind, written(payload), options));
    }

    /**
     * Enqueues a job that says everything for itself. What several threads enqueue at the same time is stored together; one
     * that is alone does not wait for others. A job with a unique key goes by itself, since it may have to wait for the key.
     *
     * @throws dev.leat.api.KeyBusyException if somebody else's transaction is taking its unique key; it is not stored
     * @throws dev.leat.api.AbsentCapabilityException if it has a unique key and the store does not keep any
     */
    public Receipt enqueue(JobDraft draft) {
        if (draft.uniqueKey() == null) {
            try {
                return intake(draft.lane().queue(), null).enqueue(draft);
            } catch (ReroutedException e) {
                // It was about to get its id when the change came into force; below it goes where its id says.
            }
        }
        return enqueue(prepare(List.of(draft))).getFirst();
    }

    /** A queue got another backend between the choice of it and the making of an id. Nothing was stored. */
    private static final class ReroutedException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /**
     * Enqueues many jobs, in batches of at most 10,000 jobs and 16 MiB, each of which is stored all or none, two of them at
     * a time. The receipts are in the order of the payloads.
     */
    public <P> List<Receipt> enqueueAll(JobKind<P> kind, List<P> payloads, EnqueueOptions options) {
        return enqueue(prepare(kind, payloads, options));
    }

    /**
     * Enqueues a job of a declared kind whose payload is JSON already. The payload is kept byte for byte and not parsed.
     *
     * @throws InvalidValueException if the kind is not declared
     */
    public Receipt enqueue(KindName name, Payload payload, EnqueueOptions options) {
        JobKind<?> kind = kinds.get(name);
        if (kind == null) {
            throw new InvalidValueException(
                    "KIND_UNKNOWN",
                    "kind",
                    "is \"" + name + "\", which is not declared",
                    kinds.isEmpty() ? "none yet; declare it first" : String.join(", ", names()));
        }
        return enqueue(draft(kind, payload, options));
    }

    private List<String> names() {
        return new ConcurrentSkipListSet<>(kinds.keySet())
                .stream().map(KindName::value).toList();
    }

    /** Checks jobs and gives them their ids, without storing anything. */
    public <P> PreparedJobs prepare(JobKind<P> kind, List<P> payloads, EnqueueOptions options) {
        declare(kind);
        List<JobDraft> drafts = payloads.stream()
                .map(payload -> draft(kind, written(payload), options))
                .toList();
        List<NewJob> jobs = new ArrayList<>(drafts.size());
        for (int from = 0; from < drafts.size(); from += JobStore.BATCH_JOBS) {
            jobs.addAll(prepare(drafts.subList(from, Math.min(drafts.size(), from + JobStore.BATCH_JOBS)))
                    .jobs());
        }
        return new PreparedJobs(jobs);
    }

    /**
     * Gives jobs their ids that say everything for themselves, of whatever kinds, without storing anything.
     *
     * @param drafts 1 to {@link JobStore#BATCH_JOBS}
     */
    public PreparedJobs prepare(List<JobDraft> drafts) {
        return prepare(drafts, ids.next(drafts.size()).first(), nonces.next());
    }

    /** The same with ids and nonces that were drawn before: from these on, one more for each job. */
    public PreparedJobs prepare(List<JobDraft> drafts, JobId first, long nonce) {
        Checks.range("jobs", drafts.size(), 1, JobStore.BATCH_JOBS);
        drafts.stream()
                .filter(draft -> draft.uniqueKey() != null)
                .map(draft -> draft.lane().queue())
                .distinct()
                .forEach(queue -> intake(queue, null).require(Capability.UNIQUE_KEY));
        List<NewJob> jobs = new ArrayList<>(drafts.size());
        for (JobDraft draft : drafts) {
            int i = jobs.size();
            jobs.add(new NewJob(
                    first.plus(i),
                    nonce + i,
                    draft.lane(),
                    draft.payload(),
                    draft.priority(),
                    draft.maxAttempts(),
                    draft.due(),
                    draft.uniqueKey()));
        }
        return new PreparedJobs(jobs);
    }

    private static <P> Payload written(@Nullable P payload) {
        if (payload == null) {
            throw new InvalidValueException("PAYLOAD_NULL", "payload", "is null", "a value of the kind's payload type");
        }
        if (payload instanceof Payload as) {
            return as;
        }
        try {
            return Payload.of(Json.STRICT.writeBytes(payload), ContentType.JSON);
        } catch (JsonException e) {
            throw new IllegalArgumentException("payload: " + e.getMessage(), e);
        }
    }

    private static JobDraft draft(JobKind<?> kind, Payload payload, EnqueueOptions options) {
        return new JobDraft(
                new Lane(options.tenant(), options.queue() == null ? kind.queue() : options.queue(), kind.name()),
                payload,
                options.priority() == null ? kind.priority() : options.priority(),
                options.maxAttempts() == null ? kind.maxAttempts() : options.maxAttempts(),
                options.due(),
                options.uniqueKey());
    }

    /**
     * Stores prepared jobs; those that are stored already are answered as duplicates.
     *
     * @throws StoreException if nothing was stored
     * @throws UnconfirmedException if some of them may be, or are, stored
     */
    public List<Receipt> enqueue(PreparedJobs prepared) {
        Map<Intake, List<NewJob>> parts = parts(prepared);
        if (parts.size() == 1) {
            return parts.keySet().iterator().next().enqueue(prepared);
        }
        Map<JobId, Receipt> receipts = new HashMap<>();
        parts.forEach((intake, jobs) -> {
            List<Receipt> stored = part(intake, jobs, prepared, !receipts.isEmpty());
            for (int i = 0; i < jobs.size(); i++) {
                receipts.put(jobs.get(i).id(), stored.get(i));
            }
        });
        return prepared.ids().stream()
                .map(id -> Objects.requireNonNull(receipts.get(id)))
                .toList();
    }

    /** By where they go, in their order. */
    private Map<Intake, List<NewJob>> parts(PreparedJobs prepared) {
        Map<Intake, List<NewJob>> parts = new LinkedHashMap<>();
        prepared.jobs()
                .forEach(job -> parts.computeIfAbsent(
                                intake(job.lane().queue(), job.id().madeAt()), intake -> new ArrayList<>())
                        .add(job));
        return parts;
    }

    /** @param others whether some of the call's jobs are stored */
    private static List<Receipt> part(Intake intake, List<NewJob> jobs, PreparedJobs all, boolean others) {
        try {
            return intake.enqueue(new PreparedJobs(jobs));
        } catch (UnconfirmedException e) {
            throw e.in(all);
        } catch (StoreException e) {
            throw others ? new UnconfirmedException(all, e) : e;
        }
    }

    /**
     * Enqueues a job in the transaction that is open on the caller's connection: it is stored if, and only if, that commits.
     * Call {@code Leat.committed()} after the commit, or the job is found by the next poll.
     *
     * @throws dev.leat.api.AbsentCapabilityException if the store cannot take part in a caller's transaction
     * @throws IllegalArgumentException if the connection is in auto-commit mode or leads to another database
     */
    public <P> Receipt enqueue(Connection connection, JobKind<P> kind, P payload, EnqueueOptions options) {
        return enqueue(connection, prepare(kind, Collections.singletonList(payload), options))
                .getFirst();
    }

    /** As above, for prepared jobs, at most 10,000. */
    public List<Receipt> enqueue(Connection connection, PreparedJobs prepared) {
        Set<Intake> into = parts(prepared).keySet();
        if (into.size() > 1) {
            throw new IllegalArgumentException(
                    "jobs of queues in several backends cannot be enqueued in one transaction");
        }
        return into.isEmpty() ? List.of() : into.iterator().next().enqueue(connection, prepared);
    }

    static List<Receipt> receipts(List<Enqueued> answers) {
        return answers.stream().map(Client::receipt).toList();
    }

    static Receipt receipt(Enqueued answer) {
        return switch (answer) {
            case Enqueued.Accepted(JobId id) -> new Receipt(id, Receipt.Status.ACCEPTED);
            case Enqueued.Duplicate(JobId id) -> new Receipt(id, Receipt.Status.DUPLICATE);
            case Enqueued.Held(JobId id, JobId holder) -> new Receipt(holder, Receipt.Status.HELD);
            case Enqueued.InTransaction(JobId id) -> new Receipt(id, Receipt.Status.IN_TRANSACTION);
            case Enqueued.Clash(JobId id) ->
                throw new IllegalStateException("job " + id + " is not stored: another job has this id");
        };
    }
}
