package dev.leat.engine.client;

import dev.leat.api.Lane;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.NewJob;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stores jobs that are enqueued one by one together: whoever comes while others are being stored goes with the next call to
 * the store. Nobody waits for company: a caller who finds no call under way makes one. While there are many, the calls under way
 * share them evenly: if one took all who wait, the other would go with the first who comes back, and cost as much. Jobs that are
 * alike get neighbouring ids, so that the store can keep them as a block. Thread-safe.
 *
 * <p>What is stored together is stored by a thread of its own, since a caller's may be interrupted or near the end of its
 * stack, which is nobody else's business.
 */
final class GroupCommit {
    private static final int MOST_JOBS = 1_000;
    private static final long MOST_BYTES = 4L * 1024 * 1024;

    /** So that the next jobs are on their way while the store syncs those before them. */
    private static final int CALLS_AT_ONCE = 2;

    private final Steps steps;
    private final Semaphore calls = new Semaphore(CALLS_AT_ONCE);
    private final Queue<Waiting> queue = new ConcurrentLinkedQueue<>();
    /** Who waits or is being stored. */
    private final AtomicInteger present = new AtomicInteger();

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
     * Returns when the job is stored. An interrupt does not end the wait for others, which the store's own time-outs bound;
     * it is kept.
     *
     * @throws StoreException if it is not stored
     * @throws UnconfirmedException if it may be
     */
    Receipt enqueue(JobDraft draft) {
        return queue.isEmpty() && calls.availablePermits() == CALLS_AT_ONCE && calls.tryAcquire()
                ? enqueueAtOnce(draft)
                : enqueueWithOthers(draft);
    }

    private Receipt enqueueAtOnce(JobDraft draft) {
        present.incrementAndGet();
        try {
            return steps.enqueueAlone(steps.prepare(List.of(draft)));
        } finally {
            present.decrementAndGet();
            calls.release();
            storeQueued();
        }
    }

    private Receipt enqueueWithOthers(JobDraft draft) {
        Waiting mine = new Waiting(draft);
        present.incrementAndGet();
        queue.add(mine);
        storeQueued();
        boolean interrupted = false;
        Supplier<Receipt> answer = mine.answer;
        while (answer == null) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
            answer = mine.answer;
        }
        try {
            return answer.get();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Has what waits stored, unless those who are storing already will see to it. By a new thread each time: it runs after the
     * callers who were just answered, as far as their threads are virtual, and so takes along what they enqueue next.
     */
    private void storeQueued() {
        if (mayStore()) {
            try {
                Thread.ofVirtual().name("leat-enqueue").start(this::run);
            } catch (Throwable e) {
                calls.release();
                throw e;
            }
        }
    }

    /** Whether something waits and this thread now has one of the calls; those who ask for one job alone come first. */
    private boolean mayStore() {
        return !queue.isEmpty() && !calls.hasQueuedThreads() && calls.tryAcquire();
    }

    private void run() {
        do {
            try {
                // Room for all from the start: once a job is taken nothing may go wrong before it is in here.
                List<Waiting> group = new ArrayList<>(MOST_JOBS);
                take(group);
                store(group);
            } finally {
                calls.release();
            }
            // Who came before the release relied on this call.
        } while (mayStore() && !handedOver());
    }

    /** False if there is no memory for a thread, so that this one has to go on. */
    private boolean handedOver() {
        try {
            Thread.ofVirtual().name("leat-enqueue").start(this::run);
            return true;
        } catch (Throwable e) {
            return false;
        }
    }

    private void take(List<Waiting> group) {
        int most = Math.min(MOST_JOBS, Math.ceilDiv(present.get(), CALLS_AT_ONCE));
        long bytes = 0;
        while (group.size() < most && bytes < MOST_BYTES) {
            Waiting next = queue.poll();
            if (next == null) {
                break;
            }
            group.add(next);
            bytes += next.draft.payload().size();
        }
    }

    private void store(List<Waiting> group) {
        try {
            storeTogether(alikeTogether(group));
        } catch (RuntimeException | Error e) {
            // It may be the fault of one of them, so each sees for itself.
        } finally {
            present.addAndGet(-group.size());
            for (int i = 0; i < group.size(); i++) {
                group.get(i).answer(group.get(i).alone);
            }
        }
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

    private void storeTogether(List<Waiting> group) {
        try {
            List<NewJob> jobs = steps.prepare(
                            group.stream().map(each -> each.draft).toList())
                    .jobs();
            for (int i = 0; i < group.size(); i++) {
                group.get(i).sent = jobs.get(i);
            }
            List<Enqueued> answers = steps.ask(jobs);
            for (int i = 0; i < group.size(); i++) {
                Enqueued answer = answers.get(i);
                group.get(i).answer(() -> Client.receipt(answer));
            }
        } catch (StoreException e) {
            group.forEach(each -> each.answer(() -> failed(each, e)));
        }
    }

    private static Receipt failed(Waiting waiting, StoreException cause) {
        NewJob job = waiting.sent;
        if (cause.effect() == Effect.NONE || job == null) {
            throw new StoreException(String.valueOf(cause.getMessage()), Effect.NONE, cause);
        }
        throw new UnconfirmedException(new PreparedJobs(List.of(job)), cause);
    }

    /** Asks for one job whose call with others went wrong, one after the other as all calls. */
    private Receipt alone(Waiting waiting) {
        calls.acquireUninterruptibly();
        try {
            NewJob job = waiting.sent;
            if (job == null) {
                return steps.enqueueAlone(steps.prepare(List.of(waiting.draft)));
            }
            PreparedJobs again = new PreparedJobs(List.of(job));
            try {
                return steps.enqueueAlone(again);
            } catch (StoreException e) {
                // This call did nothing; the one before may have.
                throw new UnconfirmedException(again, e);
            }
        } finally {
            calls.release();
            storeQueued();
        }
    }

    private record Alike(Lane lane, int priority, Due due) {}

    /** A job and the thread that waits for its answer. */
    private final class Waiting {
        final JobDraft draft;
        final Thread caller = Thread.currentThread();

        /** Made ahead, for when nothing can be made any more. */
        final Supplier<Receipt> alone = () -> alone(this);

        /** From when it may be stored; seen by the caller, since it is set before the answer. */
        @Nullable
        NewJob sent;

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
