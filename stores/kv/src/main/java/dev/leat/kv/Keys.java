package dev.leat.kv;

import dev.leat.api.JobId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/**
 * The keys: a letter for what is kept, and what it is kept for. They sort as unsigned bytes, so names come in the order of
 * their code points and numbers from 0 upwards in their own.
 */
final class Keys {
    /** The number of the layout. */
    static final byte[] FORMAT = text('m', "format");

    /** The last lease id, the last position and the last time that were stored. */
    static final byte[] MARK = text('m', "mark");

    /** Written to see whether anything can be. */
    static final byte[] PROBE = text('m', "probe");

    /** The last version that a record was given. */
    static final byte[] VERSION = text('m', "version");

    /** Jobs that wait for a time, most overdue first. */
    static final byte[] ALL_WAITING = text('W', "");

    static final byte[] ALL_LEASES = text('L', "");
    static final byte[] ALL_LANES = text('N', "");
    static final byte[] ALL_TOTALS = text('T', "");
    static final byte[] ALL_WINDOWS = text('x', "");

    private Keys() {}

    // Control records.

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

    /** Names of journals hold no NUL. */
    static byte[] entries(String journal) {
        return text('j', journal + "\0");
    }

    static byte[] entry(String journal, long sequence) {
        return at(entries(journal), sequence);
    }

    static byte[] leader(String role) {
        return text('l', role);
    }

    // Jobs.

    /** What a job carries. */
    static byte[] payload(JobId id) {
        return numbered('Y', id.value());
    }

    /** What never changes of a job. */
    static byte[] job(JobId id) {
        return numbered('J', id.value());
    }

    /** Where a job is. */
    static byte[] place(JobId id) {
        return numbered('P', id.value());
    }

    /** The runs of a job, and the start of the key of each. */
    static byte[] attempts(JobId id) {
        return numbered('A', id.value());
    }

    static byte[] attempt(JobId id, long lease) {
        return at(attempts(id), lease);
    }

    /** The jobs of a lane in a state, by id. */
    static byte[] listed(int state, int lane) {
        return ByteBuffer.allocate(6)
                .put((byte) 'I')
                .put((byte) state)
                .putInt(lane)
                .array();
    }

    static byte[] listed(int state, int lane, long id) {
        return at(listed(state, lane), id);
    }

    /** What can be claimed of a lane and priority, in its order. */
    static byte[] ready(int lane, int priority) {
        return ByteBuffer.allocate(6)
                .put((byte) 'R')
                .putInt(lane)
                .put((byte) priority)
                .array();
    }

    static byte[] ready(int lane, int priority, long position) {
        return at(ready(lane, priority), position);
    }

    /** The suspects of a lane, the most suspect first. */
    static byte[] suspects(int lane) {
        return ByteBuffer.allocate(5).put((byte) 'U').putInt(lane).array();
    }

    static byte[] suspect(int lane, int suspicion, long position) {
        return ByteBuffer.allocate(14)
                .put(suspects(lane))
                .put((byte) (Standing.ALONE - suspicion))
                .putLong(position)
                .array();
    }

    static byte[] waiting(long due, JobId id) {
        return ByteBuffer.allocate(17)
                .put((byte) 'W')
                .putLong(due)
                .putLong(id.value())
                .array();
    }

    /** What has ended so, in the order in which it did. */
    static byte[] ended(int state) {
        return new byte[] {'E', (byte) state};
    }

    static byte[] ended(int state, long finishedAt, JobId id) {
        return ByteBuffer.allocate(18)
                .put(ended(state))
                .putLong(finishedAt)
                .putLong(id.value())
                .array();
    }

    static byte[] lease(long id) {
        return numbered('L', id);
    }

    /** The leases made for a claim. */
    static byte[] claim(UUID id) {
        return ByteBuffer.allocate(17)
                .put((byte) 'C')
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    static byte[] claim(UUID id, long lease) {
        return at(claim(id), lease);
    }

    /** Which job holds a unique key, or held it last. */
    static byte[] unique(int lane, String text) {
        return named('K', lane, text);
    }

    /** The unique key that a job holds until it has ended. */
    static byte[] uniqueOf(JobId id) {
        return numbered('k', id.value());
    }

    /** Unique keys by the end of their windows. */
    static byte[] window(long until, int lane, String text) {
        byte[] name = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(13 + name.length)
                .put((byte) 'x')
                .putLong(until)
                .putInt(lane)
                .put(name)
                .array();
    }

    static byte[] lane(int number) {
        return ByteBuffer.allocate(5).put((byte) 'N').putInt(number).array();
    }

    /** How many jobs of a lane count in a slot. */
    static byte[] total(int lane, int slot) {
        return ByteBuffer.allocate(6)
                .put((byte) 'T')
                .putInt(lane)
                .put((byte) slot)
                .array();
    }

    // Parts of keys.

    /**
     * How a key begins that stands in a line, from whose front keys are taken off over and over; empty if it stands in none.
     */
    static byte[] line(byte[] key) {
        int length = switch (key[0]) {
            case 'R' -> 6;
            case 'U' -> 5;
            case 'E' -> 2;
            case 'W', 'L' -> 1;
            default -> 0;
        };
        return Arrays.copyOf(key, length);
    }

    /** What begins so and goes on with a number. */
    static byte[] at(byte[] start, long number) {
        return ByteBuffer.allocate(start.length + Long.BYTES)
                .put(start)
                .putLong(number)
                .array();
    }

    static boolean startsWith(byte[] key, byte[] start) {
        return key.length >= start.length && Arrays.equals(key, 0, start.length, start, 0, start.length);
    }

    /** What follows so many bytes. */
    static ByteBuffer behind(byte[] key, int bytes) {
        return ByteBuffer.wrap(key, bytes, key.length - bytes);
    }

    private static byte[] numbered(char table, long number) {
        return ByteBuffer.allocate(9).put((byte) table).putLong(number).array();
    }

    private static byte[] named(char table, int lane, String text) {
        byte[] name = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(5 + name.length)
                .put((byte) table)
                .putInt(lane)
                .put(name)
                .array();
    }

    private static byte[] text(char table, String text) {
        return (table + text).getBytes(StandardCharsets.UTF_8);
    }
}
