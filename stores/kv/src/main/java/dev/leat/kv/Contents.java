package dev.leat.kv;

import java.nio.ByteBuffer;
import java.util.Optional;

/** Keys and what is kept under them, in the order of the keys as unsigned bytes. */
interface Contents {
    /**
     * What is kept under a key, without its checksum.
     *
     * @throws dev.leat.api.StoreException if it is not what was stored
     */
    Optional<ByteBuffer> get(byte[] key);

    /**
     * Shows what begins like the prefix, from a key on, until the visitor has seen enough. The visitor changes nothing.
     *
     * @param from begins like the prefix
     */
    void each(byte[] prefix, byte[] from, Visitor visitor);

    /** Looks at one key after the other. */
    interface Visitor {
        /** Returns whether the next is wanted too. */
        boolean visit(byte[] key, ByteBuffer content);
    }

    /** The number that a key's content begins with, or 0 if there is none. */
    default long number(byte[] key) {
        return get(key).map(ByteBuffer::getLong).orElse(0L);
    }
}
