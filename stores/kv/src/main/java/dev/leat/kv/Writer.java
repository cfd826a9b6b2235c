package dev.leat.kv;

import dev.leat.api.Lane;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes. Calls that have gathered while it was at work share one commit and one sync, and are answered after it; a call
 * that comes alone goes at once. Each caller waits for its own answer, so no more calls wait than there are callers.
 *
 * <p>A call that fails is undone alone. If the commit fails, all of them fail.
 */
final class Writer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);

    /** The most calls of one commit. */
    static final int GROUP_CALLS = 256;

    /** From so many bytes of payloads on, no other call joins a commit. */
    static final long GROUP_BYTES = 16L << 20;

    /** How long a caller waits for an answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final KvFile file;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Call<?>> waiting = new ArrayDeque<>();
    private final AtomicLong commits = new AtomicLong();
    private final AtomicReference<@Nullable Call<?>> probe = new AtomicReference<>();
    private final Transaction tx;
    private boolean closed;
    private volatile @Nullable StoreException failure;

    Writer(KvFile file, StoreTime time, Lanes lanes) {
        this.file = file;
        tx = new Transaction(file, time, lanes);
        thread = Thread.ofPlatform().name("leat-kv-writer").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** What a call does. */
    interface Work<T> {
        T run(Transaction tx);
    }

    /**
     * What came of a call.
     *
     * @param woken lanes of which jobs became available
     */
    record Answer<T>(T value, Set<Lane> woken) {}

    /**
     * Has work done, and waits until it is durable.
     *
     * @param bytes of payloads
     * @throws StoreException if it was not done, or that is not known
     */
    <T> Answer<T> call(long bytes, Work<T> work) {
        Call<T> call = new Call<>(bytes, work);
        submit(call);
        return call.await();
    }

    private void submit(Call<?> call) {
        lock.lock();
        try {
            if (closed) {
                throw new StoreException("key-value store " + file.directory() + " is closed", Effect.NONE, null);
            }
            waiting.add(call);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** How many transactions were committed. */
    long commits() {
        return commits.get();
    }

    /** Why the last write failed, if it did. Has another try made meanwhile, and does not wait for it. */
    Optional<StoreException> failure() {
        StoreException last = failure;
        Call<?> before = probe.get();
        if (last != null && (before == null || !before.isOpen())) {
            Call<Boolean> next = new Call<>(0, work -> {
                work.draft().put(Keys.PROBE, "");
                return true;
            });
            if (probe.compareAndSet(before, next)) {
                submit(next);
            }
        }
        return Optional.ofNullable(last);
    }

    private void run() {
        for (List<Call<?>> group = next(); !group.isEmpty(); group = next()) {
            try {
                serve(group);
            } catch (RuntimeException | Error e) {
                LOG.error("the writer of {} failed", file.directory(), e);
                group.forEach(call -> call.fail(e));
            }
        }
    }

    /** What has gathered; empty if the end has come. */
    private List<Call<?>> next() {
        lock.lock();
        try {
            while (true) {
                while (waiting.isEmpty() && !closed) {
                    changed.awaitUninterruptibly();
                }
                List<Call<?>> group = gathered();
                // Else all of them had given up.
                if (!group.isEmpty() || (closed && waiting.isEmpty())) {
                    return group;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private List<Call<?>> gathered() {
        List<Call<?>> group = new ArrayList<>();
        long bytes = 0;
        while (!waiting.isEmpty() && group.size() < GROUP_CALLS && bytes < GROUP_BYTES) {
            Call<?> call = waiting.remove();
            if (call.begin()) {
                group.add(call);
                bytes += call.bytes;
            }
        }
        return group;
    }

    private void serve(List<Call<?>> group) {
        List<Call<?>> done = new ArrayList<>();
        try {
            tx.begin();
            for (Call<?> call : group) {
                try {
                    tx.beginCall();
                    call.run(tx);
                    tx.endCall();
                    done.add(call);
                } catch (RuntimeException | Error e) {
                    tx.undoCall();
                    fail(call, e);
                }
            }
            if (tx.changesSomething()) {
                tx.commit();
                commits.incrementAndGet();
            }
        } catch (StoreException e) {
            group.stream().filter(Call::isOpen).forEach(call -> fail(call, e));
            return;
        }
        if (done.size() == group.size()) {
            failure = null;
        }
        done.forEach(Call::answer);
    }

    private void fail(Call<?> call, Throwable cause) {
        if (cause instanceof StoreException e) {
            failure = e;
        }
        call.fail(cause);
    }

    /** Ends the writer after what it has accepted is answered. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** One caller's work on its way through the writer. */
    private final class Call<T> {
        final long bytes;
        private final Work<T> work;
        private final CompletableFuture<Answer<T>> answer = new CompletableFuture<>();
        private final AtomicBoolean begun = new AtomicBoolean();
        private @Nullable Answer<T> result;

        Call(long bytes, Work<T> work) {
            this.bytes = bytes;
            this.work = work;
        }

        /** False if its caller has given up. */
        boolean begin() {
            return begun.compareAndSet(false, true);
        }

        void run(Transaction running) {
            result = new Answer<>(work.run(running), running.woken());
        }

        void answer() {
            answer.complete(Objects.requireNonNull(result));
        }

        void fail(Throwable cause) {
            answer.completeExceptionally(cause);
        }

        boolean isOpen() {
            return !answer.isDone();
        }

        /** Whatever interrupts the caller: what was asked may be under way, and its answer is wanted. */
        Answer<T> await() {
            long end = System.nanoTime() + PATIENCE.toNanos();
            boolean interrupted = false;
            try {
                while (true) {
                    try {
                        return answer.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
            } catch (TimeoutException e) {
                throw new StoreException(
                        "key-value store " + file.directory() + " gave no answer within " + PATIENCE.toSeconds() + " s",
                        begin() ? Effect.NONE : Effect.UNKNOWN,
                        e);
            } catch (ExecutionException e) {
                throw thrown(e.getCause());
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        private RuntimeException thrown(@Nullable Throwable cause) {
            if (cause instanceof StoreException e) {
                return new StoreException(String.valueOf(e.getMessage()), e.effect(), e);
            }
            return new IllegalStateException("the writer of " + file.directory() + " failed", cause);
        }
    }
}
