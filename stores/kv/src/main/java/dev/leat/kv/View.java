package dev.leat.kv;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** What is committed, as of one moment if the options say so. Usable while its opener holds the engine open. */
final class View implements Contents {
    private final RocksDB engine;
    private final ReadOptions options;

    View(RocksDB engine, ReadOptions options) {
        this.engine = engine;
        this.options = options;
    }

    @Override
    public Optional<ByteBuffer> get(byte[] key) {
        try {
            return Optional.ofNullable(engine.get(options, key)).map(stored -> Value.checked(key, stored));
        } catch (RocksDBException e) {
            throw new Unreadable(e);
        }
    }

    @Override
    public void each(byte[] prefix, byte[] from, Visitor visitor) {
        try (RocksIterator at = engine.newIterator(options)) {
            boolean more = true;
            for (at.seek(from); more && at.isValid() && Keys.startsWith(at.key(), prefix); at.next()) {
                more = shown(at, visitor);
            }
            at.status();
        } catch (RocksDBException e) {
            throw new Unreadable(e);
        }
    }

    /** As {@link #each}, but downwards. */
    void eachDown(byte[] prefix, byte[] from, Visitor visitor) {
        try (RocksIterator at = engine.newIterator(options)) {
            boolean more = true;
            for (at.seekForPrev(from); more && at.isValid() && Keys.startsWith(at.key(), prefix); at.prev()) {
                more = shown(at, visitor);
            }
            at.status();
        } catch (RocksDBException e) {
            throw new Unreadable(e);
        }
    }

    private static boolean shown(RocksIterator at, Visitor visitor) {
        byte[] key = at.key();
        return visitor.visit(key, Value.checked(key, at.value()));
    }

    /** The engine could not read; {@link KvFile} tells which store it was. */
    static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unreadable(RocksDBException cause) {
            super(cause);
        }
    }
}
