package dev.leat.kv;

import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The engine's files. What is read was synced before. Any number of threads may read while one commits; who opens or closes waits for
 * them. After a failed commit the files are opened anew, so nothing is seen that is not on disk.
 */
final class KvFile implements AutoCloseable {
    /** Grows with each layout that an older Leat cannot read. */
    static final long FORMAT = 1;

    /** Bytes of changes in memory, and in the log, before they go into a file of their own. */
    private static final long BUFFER = 16L << 20;

    private static final long FILE_BYTES = 16L << 20;

    private final Path directory;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private @Nullable Opened opened;
    private boolean closed;

    private KvFile(Path directory) {
        this.directory = directory;
    }

    /** @throws StoreException if it cannot be read, or is of a newer Leat; no value in it was changed then */
    static KvFile open(Path directory) {
        KvFile made = new KvFile(directory);
        made.reopen();
        return made;
    }

    Path directory() {
        return directory;
    }

    /** Makes the files usable again if a commit failed; returns whether one had. */
    boolean reopen() {
        lock.writeLock().lock();
        try {
            if (opened != null) {
                return false;
            }
            opened = opened();
            return true;
        } finally {
            lock.writeLock().unlock();
        }
    }

    private Opened opened() {
        if (closed) {
            throw closed();
        }
        Opened made = Opened.of(this);
        try {
            judge(made);
            return made;
        } catch (RocksDBException e) {
            made.close();
            throw failed("cannot be written", e, Effect.NONE);
        } catch (RuntimeException | Error e) {
            made.close();
            throw e;
        }
    }

    private void judge(Opened made) throws RocksDBException {
        byte[] stored = made.engine.get(Keys.FORMAT);
        if (stored == null) {
            if (made.engine.getLatestSequenceNumber() > 0) {
                throw new StoreException(named() + " is not Leat's", Effect.NONE, null);
            }
            made.engine.put(made.synced, Keys.FORMAT, Value.of(Keys.FORMAT, "", FORMAT));
            return;
        }
        long format = Value.checked(Keys.FORMAT, stored).getLong();
        if (format > FORMAT) {
            throw new StoreException(
                    named() + " has format " + format + ", and this Leat knows " + FORMAT
                            + " at most; open it with the newer Leat",
                    Effect.NONE,
                    null);
        }
    }

    /**
     * Looks at what is committed, as of one moment.
     *
     * @throws StoreException if it cannot be read, or is not what was stored
     */
    <T> T read(Function<View, T> query) {
        return whileOpen(now -> {
            Snapshot moment = now.engine.getSnapshot();
            try (ReadOptions options = new ReadOptions().setSnapshot(moment)) {
                return query.apply(new View(now.engine, options));
            } finally {
                now.engine.releaseSnapshot(moment);
            }
        });
    }

    /** What is committed last, for the one who commits. */
    Contents committed() {
        return new Contents() {
            @Override
            public Optional<ByteBuffer> get(byte[] key) {
                return whileOpen(now -> new View(now.engine, now.latest).get(key));
            }

            @Override
            public void each(byte[] prefix, byte[] from, Visitor visitor) {
                whileOpen(now -> {
                    new View(now.engine, now.latest).each(prefix, from, visitor);
                    return true;
                });
            }
        };
    }

    private <T> T whileOpen(Function<Opened, T> query) {
        lock.readLock().lock();
        try {
            Opened now = opened;
            if (now == null) {
                throw closed
                        ? closed()
                        : new StoreException(
                                named() + " failed; it is opened anew by the next write", Effect.NONE, null);
            }
            return query.apply(now);
        } catch (View.Unreadable e) {
            throw failed("cannot be read", e.getCause(), Effect.NONE);
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * Makes the changes durable, all or none.
     *
     * @throws StoreException if they are not known to be durable; with effect UNKNOWN, since the files may hold them
     */
    void commit(Draft draft) {
        Opened now = opened;
        if (now == null) {
            throw closed();
        }
        try (WriteBatch batch = new WriteBatch()) {
            Deque<RocksDBException> refused = new ArrayDeque<>();
            draft.forEach((key, value) -> {
                try {
                    if (value == null) {
                        batch.delete(key);
                    } else {
                        batch.put(key, value);
                    }
                } catch (RocksDBException e) {
                    refused.add(e);
                }
            });
            if (!refused.isEmpty()) {
                throw refused.getFirst();
            }
            now.engine.write(now.synced, batch);
        } catch (RocksDBException e) {
            giveUp();
            throw failed("did not store what was asked", e, Effect.UNKNOWN);
        }
    }

    private void giveUp() {
        lock.writeLock().lock();
        try {
            if (opened != null) {
                opened.close();
                opened = null;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private String named() {
        return "key-value store " + directory;
    }

    private StoreException closed() {
        return new StoreException(named() + " is closed", Effect.NONE, null);
    }

    private StoreException failed(String what, @Nullable Throwable why, Effect effect) {
        return new StoreException(named() + " " + what + " (" + why + ")", effect, why);
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            closed = true;
        } finally {
            lock.writeLock().unlock();
        }
        giveUp();
    }

    /** The engine and what was allocated outside the heap for it. */
    private record Opened(RocksDB engine, WriteOptions synced, ReadOptions latest, Deque<AutoCloseable> rest) {
        static Opened of(KvFile file) {
            Deque<AutoCloseable> rest = new ArrayDeque<>();
            try {
                RocksDB.loadLibrary();
                BloomFilter filter = kept(rest, new BloomFilter(10));
                Options options = kept(rest, new Options())
                        .setCreateIfMissing(true)
                        .setParanoidChecks(true)
                        // Else a changed byte in the log would end it there, and what was stored behind it would be
                        // lost unsaid.
                        .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
                        .setWriteBufferSize(BUFFER)
                        .setTargetFileSizeBase(FILE_BYTES)
                        .setMaxBytesForLevelBase(4 * FILE_BYTES)
                        .setMaxTotalWalSize(2 * BUFFER)
                        .setCompressionType(CompressionType.LZ4_COMPRESSION)
                        .setTableFormatConfig(new BlockBasedTableConfig().setFilterPolicy(filter))
                        .setKeepLogFileNum(2)
                        .setMaxLogFileSize(1L << 20)
                        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL);
                RocksDB engine = RocksDB.open(options, file.directory.toString());
                rest.addFirst(engine);
                return new Opened(
                        engine, kept(rest, new WriteOptions().setSync(true)), kept(rest, new ReadOptions()), rest);
            } catch (RocksDBException | RuntimeException | UnsatisfiedLinkError e) {
                rest.forEach(Opened::closed);
                throw file.failed("cannot be opened", e, Effect.NONE);
            }
        }

        private static <T extends AutoCloseable> T kept(Deque<AutoCloseable> rest, T part) {
            rest.add(part);
            return part;
        }

        void close() {
            rest.forEach(Opened::closed);
        }

        private static void closed(AutoCloseable part) {
            try {
                part.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
