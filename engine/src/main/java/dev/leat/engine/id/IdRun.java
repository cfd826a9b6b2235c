package dev.leat.engine.id;

import dev.leat.api.JobId;
import java.util.Objects;

/**
 * Ids that follow each other without a gap, all of one second and one node.
 *
 * @param firstValue the value of the first id
 * @param count 1 to {@link IdSource#MOST}
 */
public record IdRun(long firstValue, int count) {
    public JobId first() {
        return new JobId(firstValue);
    }

    public JobId last() {
        return new JobId(firstValue + count - 1);
    }

    /**
     * The id at a place.
     *
     * @param index 0 to count - 1
     */
    public JobId get(int index) {
        return new JobId(firstValue + Objects.checkIndex(index, count));
    }
}
