package dev.leat.kv;

import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import java.nio.file.Path;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.type.ByteArrayDataType;
import org.jspecify.annotations.Nullable;

/**
 * The one file of the engine, and the one map in it. What is read was synced before. Any number of threads may read while one commits;
 * a commit waits for them, and they for it. After a failed commit the file is opened anew, so nothing is seen that is not on disk.
 */
final class KvFile implements AutoCloseable {
    /** Grows with each layout that an older Leat cannot read. */
    static final long FORMAT = 1;

    /** Commits between two looks for room to give back. */
    private static final int COMPACT_EVERY = 64;

    /** Percent of a file that live data should fill. */
    private static final int FILL = 70;

    /** Bytes that one look rewrites at most. */
    private static final int COMPACT_BYTES = 1 << 20;

    private final Path file;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private @Nullable Opened opened;
    private boolean closed;
    private long commits;

    private KvFile(Path file) {
        this.file = file;
    }

    /** @throws StoreException if it cannot be read, or is of a newer Leat; it is as it was then */
    static KvFile open(Path file) {
        KvFile made = new KvFile(file);
        made.reopen();
        return made;
    }

    /** Makes the file usable again if a commit failed. */
    void reopen() {
        lock.writeLock().lock();
        try {
            if (opened == null) {
                opened = opened();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private Opened opened() {
        if (closed) {
            throw new StoreException("key-value store " + file + " is closed", Effect.NONE, null);
        }
        try {
            MVStore store = new MVStore.Builder()
                    .fileName(file.toString())
                    .autoCommitDisabled()
                    .open();
            try {
                store.setVersionsToKeep(0);
                Opened made = new Opened(store, map(store));
                judge(made);
                return made;
            } catch (RuntimeException | Error e) {
                store.closeImmediately();
                throw e;
            }
        } catch (MVStoreException e) {
            throw failed("cannot be opened", e, Effect.NONE);
        }
    }

    private static MVMap<byte[], byte[]> map(MVStore store) {
        return store.openMap(
                "leat",
                new MVMap.Builder<byte[], byte[]>()
                        .keyType(ByteArrayDataType.INSTANCE)
                        .valueType(ByteArrayDataType.INSTANCE));
    }

    private void judge(Opened made) {
        byte[] stored = made.map.get(Keys.FORMAT);
        if (stored == null) {
            if (!made.map.isEmpty()) {
                throw new StoreException("key-value store " + file + " is not Leat's", Effect.NONE, null);
            }
            made.map.put(Keys.FORMAT, Value.of(Keys.FORMAT, "", FORMAT));
            made.store.commit();
            made.store.sync();
            return;
        }
        long format = Value.checked(Keys.FORMAT, stored).getLong();
        if (format > FORMAT) {
            throw new StoreException(
                    "key-value store " + file + " has format " + format + ", and this Leat knows " + FORMAT
                            + " at most; open it with the newer Leat",
                    Effect.NONE,
                    null);
        }
    }

    /**
     * Looks at what is committed.
     *
     * @throws StoreException if it cannot be read, or is not what was stored
     */
    <T> T read(Function<MVMap<byte[], byte[]>, T> query) {
        lock.readLock().lock();
        try {
            Opened now = opened;
            if (now == null) {
                throw new StoreException(
                        "key-value store " + file
                                + (closed ? " is closed" : " failed; it is opened anew by the next write"),
                        Effect.NONE,
                        null);
            }
            return query.apply(now.map);
        } catch (StoreException | IllegalArgumentException e) {
            throw e;
        } catch (RuntimeException e) {
            throw failed("cannot be read", e, Effect.NONE);
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * Makes the changes durable, all or none.
     *
     * @throws StoreException if they are not known to be durable; with effect UNKNOWN, since the file may hold them
     */
    void commit(Draft draft) {
        lock.writeLock().lock();
        try {
            Opened now = opened;
            if (now == null) {
                throw new StoreException("key-value store " + file + " is not open", Effect.NONE, null);
            }
            try {
                draft.forEach((key, value) -> {
                    if (value == null) {
                        now.map.remove(key);
                    } else {
                        now.map.put(key, value);
                    }
                });
                now.store.commit();
                now.store.sync();
                commits++;
                if (commits % COMPACT_EVERY == 0) {
                    now.store.compact(FILL, COMPACT_BYTES);
                }
            } catch (RuntimeException | Error e) {
                opened = null;
                now.store.closeImmediately();
                throw failed("did not store what was asked", e, Effect.UNKNOWN);
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private StoreException failed(String what, Throwable why, Effect effect) {
        return new StoreException("key-value store " + file + " " + what + " (" + why + ")", effect, why);
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            closed = true;
            if (opened != null) {
                opened.store.closeImmediately();
                opened = null;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private record Opened(MVStore store, MVMap<byte[], byte[]> map) {}
}
