package dev.leat.sqlite;

import dev.leat.api.Lane;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import java.sql.SQLException;
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
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes. Calls that have gathered while it was at work go into one transaction, each in a savepoint of its own, and are
 * answered after one commit; a call that comes alone goes at once. Each caller waits for its own answer, and takes its call back when it
 * waits no longer, so no more calls wait than there are callers; one that was taken back is never run.
 *
 * <p>A call that fails is undone alone. If the transaction breaks before its commit, each call of it is run once more in one of its own. If
 * the commit fails, all of them fail.
 */
final class Writer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);

    /** The most calls of one transaction. */
    static final int GROUP_CALLS = 256;

    /** From so many bytes of payloads on, no other call joins a transaction. */
    static final long GROUP_BYTES = 16L << 20;

    /** How long a caller waits for an answer. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Database database;
    private final StoreTime time;
    private final Lanes lanes;
    private final Duration patience;
    private final WriteAheadLog log;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Call<?>> waiting = new ArrayDeque<>();
    private final AtomicLong commits = new AtomicLong();
    private final AtomicReference<@Nullable Call<?>> probe = new AtomicReference<>();
    private boolean closed;
    private volatile @Nullable StoreException failure;
    private @Nullable Transaction transaction;

    /**
     * To be started.
     *
     * @param first the connection, with a schema that is up to date
     * @param patience how long a caller waits for an answer
     */
    Writer(Database database, Session first, StoreTime time, Lanes lanes, Duration patience, WriteAheadLog log)
            throws SQLException {
        this.log = log;
        this.database = database;
        this.time = time;
        this.lanes = lanes;
        this.patience = patience;
        transaction = new Transaction(first, time, lanes);
        thread = Thread.ofPlatform().name("leat-sqlite-writer").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** What a call does in the transaction. It may be run twice, the first time for nothing. */
    interface Work<T> {
        T run(Transaction transaction) throws SQLException;
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
                throw new StoreException("SQLite file " + database.file() + " is closed", Effect.NONE, null);
            }
            waiting.add(call);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Whether it was not begun, and never will be. */
    private boolean takenBack(Call<?> call) {
        lock.lock();
        try {
            return waiting.remove(call);
        } finally {
            lock.unlock();
        }
    }

    /** How many calls wait for the next transaction. */
    int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** How many transactions were committed. */
    long commits() {
        return commits.get();
    }

    /** Why the last transaction failed, if it did. Has another try made meanwhile, and does not wait for it. */
    Optional<StoreException> failure() {
        StoreException last = failure;
        Call<?> before = probe.get();
        if (last != null && (before == null || !before.isOpen())) {
            Call<Integer> next = new Call<>(0, tx -> tx.query("mark_touch").update());
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
                LOG.error("the writer of {} failed; its connection is opened anew", database.file(), e);
                abandon(null);
                group.forEach(call -> call.fail(e));
            }
        }
        abandon(null);
    }

    /** What has gathered; empty if the end has come. */
    private List<Call<?>> next() {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            return gathered();
        } finally {
            lock.unlock();
        }
    }

    private List<Call<?>> gathered() {
        List<Call<?>> group = new ArrayList<>();
        long bytes = 0;
        while (!waiting.isEmpty() && group.size() < GROUP_CALLS && bytes < GROUP_BYTES) {
            Call<?> call = waiting.remove();
            group.add(call);
            bytes += call.bytes;
        }
        return group;
    }

    private void serve(List<Call<?>> group) {
        if (group.size() > 1) {
            group = together(group);
        }
        group.forEach(this::alone);
    }

    /** @return those that have to be run once more, each alone */
    private List<Call<?>> together(List<Call<?>> group) {
        List<Call<?>> done = new ArrayList<>();
        Transaction tx;
        try {
            tx = opened();
            tx.begin();
        } catch (SQLException | StoreException e) {
            abandon(e);
            group.forEach(call -> fail(call, e, Effect.NONE));
            return List.of();
        }
        for (Call<?> call : group) {
            try {
                tx.beginCall();
                call.run(tx);
                tx.endCall();
                done.add(call);
            } catch (SQLException | RuntimeException | Error e) {
                fail(call, e, Effect.NONE);
                if (!undone(tx)) {
                    abandon(e);
                    return group.stream().filter(Call::isOpen).toList();
                }
            }
        }
        try {
            tx.store();
        } catch (SQLException e) {
            abandon(e);
            return done;
        }
        commit(tx, done);
        return List.of();
    }

    private static boolean undone(Transaction tx) {
        try {
            tx.undoCall();
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private void alone(Call<?> call) {
        try {
            Transaction tx = opened();
            tx.begin();
            tx.startCall();
            call.run(tx);
            tx.store();
            commit(tx, List.of(call));
        } catch (SQLException | RuntimeException | Error e) {
            abandon(e);
            fail(call, e, Effect.NONE);
        }
    }

    private void commit(Transaction tx, List<Call<?>> group) {
        try {
            tx.commit();
        } catch (SQLException e) {
            boolean nothingStored = abandon(e) || Trouble.of(e).undoesCommit();
            Effect effect = nothingStored ? Effect.NONE : Effect.UNKNOWN;
            group.forEach(call -> fail(call, e, effect));
            return;
        }
        commits.incrementAndGet();
        failure = null;
        group.forEach(Call::answer);
        log.bound(tx.session());
    }

    private void fail(Call<?> call, Throwable cause, Effect effect) {
        if (cause instanceof SQLException e) {
            StoreException told = Trouble.exception(database.file(), e, effect);
            failure = told;
            call.fail(told);
        } else if (cause instanceof StoreException e) {
            failure = e;
            call.fail(e);
        } else {
            call.fail(cause);
        }
    }

    private Transaction opened() throws SQLException {
        if (transaction == null) {
            Session session = database.writer();
            try {
                transaction = new Transaction(session, time, lanes);
            } catch (SQLException | RuntimeException | Error e) {
                session.close();
                throw e;
            }
        }
        return transaction;
    }

    /**
     * Undoes what is not committed.
     *
     * @param because null if the connection is no longer wanted
     * @return whether there was a transaction still
     */
    private boolean abandon(@Nullable Throwable because) {
        Transaction tx = transaction;
        if (tx == null) {
            return false;
        }
        boolean open = tx.rollBack();
        if (because instanceof SQLException e && Trouble.of(e).sparesConnection()) {
            return open;
        }
        transaction = null;
        try {
            tx.close();
        } catch (SQLException e) {
            LOG.warn("a connection to {} was not closed well", database.file(), e);
        }
        return open;
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
        private @Nullable Answer<T> result;

        Call(long bytes, Work<T> work) {
            this.bytes = bytes;
            this.work = work;
        }

        void run(Transaction tx) throws SQLException {
            result = new Answer<>(work.run(tx), tx.woken());
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
            long end = System.nanoTime() + patience.toNanos();
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
                        "SQLite file " + database.file() + " gave no answer within " + patience.toSeconds() + " s",
                        takenBack(this) ? Effect.NONE : Effect.UNKNOWN,
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
            return new IllegalStateException("the writer of " + database.file() + " failed", cause);
        }
    }
}
