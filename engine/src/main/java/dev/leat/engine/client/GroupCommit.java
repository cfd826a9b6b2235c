package dev.leat.engine.client;

import dev.leat.api.Lane;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.NewJob;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stores jobs that are enqueued one by one together: whoever comes while others are being stored goes with the next call to
 * the store. Nobody waits for company: a caller who finds no call under way makes one. Jobs that are alike get neighbouring
 * ids, so that the store can keep them as a block. Thread-safe.
 */
final class GroupCommit {
    private static final int MOST_JOBS = JobStore.BATCH_JOBS;
    private static final long MOST_BYTES = 4L * 1024 * 1024;

    /** So that the next jobs are on their way while the store syncs those before them. */
    private static final int CALLS_AT_ONCE = 2;

    private final Steps steps;
    private final Semaphore calls = new Semaphore(CALLS_AT_ONCE);
    private final Queue<Waiting> queue = new ConcurrentLinkedQueue<>();

    GroupCommit(Steps steps) {
        this.steps = steps;
    }

    /** What storing jobs consists of. */
    interface Steps {
        /** Gives jobs their ids, in the order of the drafts. */
        PreparedJobs prepare(List<JobDraft> drafts);

        /** Asks the store, again if need be, for all or none. */
        List<Enqueued> ask(List<NewJob> jobs);

        Receipt enqueueAlone(PreparedJobs one);
    }

    /**
     * Returns when the job is stored. An interrupt does not end the wait, which the store's own time-outs bound; it is kept.
     *
     * @throws StoreException if it is not stored
     * @throws UnconfirmedException if it may be
     */
    Receipt enqueue(JobDraft draft) {
        Waiting mine = new Waiting(draft);
        queue.add(mine);
        boolean interrupted = Thread.interrupted();
        try {
            Supplier<Receipt> answer = mine.answer;
            while (answer == null) {
                if (calls.tryAcquire()) {
                    storeNext();
                } else {
                    LockSupport.park(this);
                }
                interrupted |= Thread.interrupted();
                answer = mine.answer;
            }
            return answer.get();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void storeNext() {
        try {
            List<Waiting> group = alikeTogether(taken());
            if (!group.isEmpty()) {
                store(group);
            }
        } finally {
            calls.release();
            Waiting next = queue.peek();
            if (next != null) {
                LockSupport.unpark(next.caller);
            }
        }
    }

    private List<Waiting> taken() {
        List<Waiting> taken = new ArrayList<>();
        long bytes = 0;
        while (taken.size() < MOST_JOBS && bytes < MOST_BYTES) {
            Waiting next = queue.poll();
            if (next == null) {
                break;
            }
            taken.add(next);
            bytes += next.draft.payload().size();
        }
        return taken;
    }

    private static List<Waiting> alikeTogether(List<Waiting> group) {
        if (group.size() < 3) {
            return group;
        }
        Map<Alike, List<Waiting>> alike = new LinkedHashMap<>();
        group.forEach(each ->
                alike.computeIfAbsent(each.alike(), key -> new ArrayList<>()).add(each));
        return alike.values().stream().flatMap(List::stream).toList();
    }

    private void store(List<Waiting> group) {
        try {
            List<NewJob> jobs = steps.prepare(
                            group.stream().map(each -> each.draft).toList())
                    .jobs();
            for (int i = 0; i < group.size(); i++) {
                group.get(i).job = jobs.get(i);
            }
            List<Enqueued> answers = steps.ask(jobs);
            for (int i = 0; i < group.size(); i++) {
                Enqueued answer = answers.get(i);
                group.get(i).answer(() -> Client.receipt(answer));
            }
        } catch (StoreException e) {
            // An interrupt can break a call to the store, and the others have no part in it.
            boolean ours = Thread.currentThread().isInterrupted();
            group.forEach(each -> each.answer(ours ? () -> alone(each) : () -> failed(each, e)));
        } catch (RuntimeException | Error e) {
            // It may be the fault of one of them, so each sees for itself.
            group.forEach(each -> each.answer(() -> alone(each)));
        }
    }

    private static Receipt failed(Waiting waiting, StoreException cause) {
        NewJob job = waiting.job;
        if (cause.effect() == Effect.NONE || job == null) {
            throw new StoreException(String.valueOf(cause.getMessage()), Effect.NONE, cause);
        }
        throw new UnconfirmedException(new PreparedJobs(List.of(job)), cause);
    }

    private Receipt alone(Waiting waiting) {
        NewJob job = waiting.job;
        return steps.enqueueAlone(job == null ? steps.prepare(List.of(waiting.draft)) : new PreparedJobs(List.of(job)));
    }

    private record Alike(Lane lane, int priority, Due due) {}

    /** A job and the thread that waits for its answer. */
    private static final class Waiting {
        final JobDraft draft;
        final Thread caller = Thread.currentThread();
        /** Once it has its id; seen by the caller, since it is set before the answer. */
        @Nullable
        NewJob job;

        /** To be taken in the caller's own thread. */
        volatile @Nullable Supplier<Receipt> answer;

        Waiting(JobDraft draft) {
            this.draft = draft;
        }

        Alike alike() {
            return new Alike(draft.lane(), draft.priority(), draft.due());
        }

        /** Only the first counts. */
        void answer(Supplier<Receipt> with) {
            if (answer == null) {
                answer = with;
                LockSupport.unpark(caller);
            }
        }
    }
}
