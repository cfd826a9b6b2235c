package dev.leat.kv;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The keys of the map: a letter for what is kept, and what it is kept for. They sort as unsigned bytes, so names come in the order of
 * their code points and numbers from 0 upwards in their own.
 */
final class Keys {
    /** The number of the layout. */
    static final byte[] FORMAT = text('m', "format");

    /** The last time that was stored. */
    static final byte[] TIME = text('m', "time");

    /** The last version that a record was given. */
    static final byte[] VERSION = text('m', "version");

    private Keys() {}

    /** A record; every record of a space if the name is empty. Names of spaces hold no NUL. */
    static byte[] control(String space, String name) {
        return text('c', space + "\0" + name);
    }

    /** The last version of a space. */
    static byte[] revision(String space) {
        return text('s', space);
    }

    /** The last number in a journal. */
    static byte[] sequence(String journal) {
        return text('n', journal);
    }

    static byte[] entry(String journal, long sequence) {
        byte[] start = text('j', journal + "\0");
        return ByteBuffer.allocate(start.length + Long.BYTES)
                .put(start)
                .putLong(sequence)
                .array();
    }

    static byte[] leader(String role) {
        return text('l', role);
    }

    private static byte[] text(char table, String text) {
        return (table + text).getBytes(StandardCharsets.UTF_8);
    }
}
