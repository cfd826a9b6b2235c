package dev.leat.wire;

import dev.leat.api.Checks;
import org.jspecify.annotations.Nullable;

/**
 * Which queues to list.
 *
 * @param cursor {@link QueuePage#next} of the page before
 * @param limit 1 to {@link #MOST}
 */
public record QueueFilter(@Nullable String cursor, int limit) {
    public static final int DEFAULT = 100;
    public static final int MOST = 1_000;

    /** As many of the first as fit on a page. */
    public static final QueueFilter FIRST = new QueueFilter(null, MOST);

    public QueueFilter {
        Checks.range("limit", limit, 1, MOST);
    }
}
