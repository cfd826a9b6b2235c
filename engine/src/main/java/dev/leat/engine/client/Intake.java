package dev.leat.engine.client;

import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Handover;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Transactional;
import java.sql.Connection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How jobs come into one store. Thread-safe. */
final class Intake {
    private static final int TRIES = 3;

    private final JobStore store;
    private final Runnable wake;
    private final IdleWorker idleWorker;
    private final GroupCommit group;

    /** @param prepare gives the jobs of a group their ids, if this is still where they belong */
    Intake(Destination to, Function<List<JobDraft>, PreparedJobs> prepare) {
        store = to.store();
        wake = to.wake();
        idleWorker = to.idleWorker();
        group = new GroupCommit(new Steps(prepare));
    }

    void require(Capability capability) {
        store.capabilities().require(capability, "postgres");
    }

    /** With others that come at the same time. */
    Receipt enqueue(JobDraft draft) {
        return group.enqueue(draft);
    }

    List<Receipt> enqueue(PreparedJobs prepared) {
        return Client.receipts(new BulkEnqueue(prepared, this::askedAndWoken).run());
    }

    List<Receipt> enqueue(Connection connection, PreparedJobs prepared) {
        require(Capability.TRANSACTIONAL_ENQUEUE);
        return Client.receipts(store.feature(Transactional.class).orElseThrow().enqueue(connection, prepared.jobs()));
    }

    private List<Enqueued> askedAndWoken(List<NewJob> batch) {
        List<Enqueued> answers = asked(batch, () -> store.enqueue(batch));
        wake.run();
        return answers;
    }

    /** Hands the job out, in the same commit, to a worker of this process, if one is idle. */
    private List<Enqueued> handedOver(List<NewJob> one) {
        NewJob job = one.getFirst();
        Optional<IdleWorker.Slot> slot = job.due() instanceof Due.Now && job.uniqueKey() == null
                ? idleWorker.slot(job.lane())
                : Optional.empty();
        return slot.map(each -> handedOver(job, each)).orElseGet(() -> askedAndWoken(one));
    }

    private List<Enqueued> handedOver(NewJob job, IdleWorker.Slot slot) {
        AtomicReference<@Nullable Handover> answer = new AtomicReference<>();
        Enqueued enqueued;
        try {
            enqueued = asked(List.of(job), () -> {
                        Handover handover = store.enqueueAndClaim(job, slot.request());
                        answer.set(handover);
                        return List.of(handover.enqueued());
                    })
                    .getFirst();
        } catch (StoreException e) {
            end(slot, e.effect() == Effect.NONE);
            throw e;
        } catch (RuntimeException | Error e) {
            slot.doubt();
            throw e;
        }
        Handover handover = answer.get();
        Lease lease = handover == null ? null : handover.lease();
        if (lease == null) {
            end(slot, handover != null);
            wake.run();
        } else {
            slot.take(lease);
        }
        return List.of(enqueued);
    }

    private static void end(IdleWorker.Slot slot, boolean certain) {
        if (certain) {
            slot.free();
        } else {
            slot.doubt();
        }
    }

    /** @param first how to ask the first time */
    private List<Enqueued> asked(List<NewJob> batch, Supplier<List<Enqueued>> first) {
        for (int tried = 1; ; tried++) {
            try {
                return tried == 1 ? first.get() : store.enqueue(batch);
            } catch (StoreException e) {
                if (tried == TRIES || (tried == 1 && e.effect() == Effect.NONE)) {
                    throw tried == 1 ? e : new StoreException(String.valueOf(e.getMessage()), Effect.UNKNOWN, e);
                }
            }
        }
    }

    /** How jobs that are enqueued one by one are stored. */
    private final class Steps implements GroupCommit.Steps {
        private final Function<List<JobDraft>, PreparedJobs> prepare;

        Steps(Function<List<JobDraft>, PreparedJobs> prepare) {
            this.prepare = prepare;
        }

        @Override
        public PreparedJobs prepare(List<JobDraft> drafts) {
            return prepare.apply(drafts);
        }

        @Override
        public List<Enqueued> ask(List<NewJob> jobs) {
            return askedAndWoken(jobs);
        }

        @Override
        public Receipt enqueueAlone(PreparedJobs one) {
            return Client.receipts(new BulkEnqueue(one, Intake.this::handedOver).run())
                    .getFirst();
        }
    }
}
