package dev.leat.api;

import java.time.Instant;

/**
 * A job's identity: 63 bits that hold 32 bits of seconds since 2024-01-01T00:00:00Z, 11 bits of node number and 20 bits
 * of counter, so that ids sort by the second they were made in and one node can hand out contiguous runs.
 *
 * <p>Shown as 13 characters of Crockford's base 32 (digits and lower-case letters without i, l, o, u), which sort as the
 * ids do; never as a number, since a JavaScript number cannot hold it.
 *
 * @param value 1 to 2^63 - 2, so that the number behind an id is a number too
 */
public record JobId(long value) implements Comparable<JobId> {
    /** Seconds from 1970 to 2024-01-01T00:00:00Z, where the seconds of ids start. */
    public static final long EPOCH_SECOND = 1_704_067_200L;

    public static final int MAX_NODE = (1 << 11) - 1;
    public static final int MAX_COUNTER = (1 << 20) - 1;
    public static final long MAX_SECOND = (1L << 32) - 1;

    private static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int LENGTH = 13;

    public JobId {
        if (value <= 0 || value == Long.MAX_VALUE) {
            throw new InvalidValueException("ID_INVALID", "id", "is " + value, "a number from 1 to 2^63 - 2");
        }
    }

    /**
     * Puts an id together.
     *
     * @param second seconds since 2024-01-01T00:00:00Z, 0 to 2^32 - 1
     * @param node 0 to 2,047
     * @param counter 0 to 1,048,575
     */
    public static JobId of(long second, int node, int counter) {
        Checks.range("second", second, 0, MAX_SECOND);
        Checks.range("node", node, 0, MAX_NODE);
        Checks.range("counter", counter, 0, MAX_COUNTER);
        return new JobId((second << 31) | ((long) node << 20) | counter);
    }

    /** Reads the 13 characters that {@link #toString} writes; anything else is refused. */
    public static JobId parse(String text) {
        long value = 0;
        boolean valid = text.length() == LENGTH && text.charAt(0) <= '7';
        for (int i = 0; valid && i < LENGTH; i++) {
            int digit = DIGITS.indexOf(text.charAt(i));
            valid = digit >= 0;
            value = (value << 5) | digit;
        }
        if (!valid || value <= 0 || value == Long.MAX_VALUE) {
            throw new InvalidValueException(
                    "ID_INVALID",
                    "id",
                    "is " + Checks.shown(text),
                    "the 13 characters of a job id, such as " + of(1, 0, 0));
        }
        return new JobId(value);
    }

    /** The second in which the id was made, at most 2 s ahead of the store's clock at that time. */
    public Instant madeAt() {
        return Instant.ofEpochSecond(EPOCH_SECOND + second());
    }

    /** Seconds since 2024-01-01T00:00:00Z. */
    public long second() {
        return value >>> 31;
    }

    public int node() {
        return (int) (value >>> 20) & MAX_NODE;
    }

    public int counter() {
        return (int) value & MAX_COUNTER;
    }

    /** The id that follows this one by {@code n}, in the same run. */
    public JobId plus(int n) {
        return new JobId(value + n);
    }

    @Override
    public int compareTo(JobId other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        char[] text = new char[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            text[i] = DIGITS.charAt((int) (value >>> (5 * (LENGTH - 1 - i))) & 31);
        }
        return new String(text);
    }
}
