package dev.leat.wire;

import dev.leat.api.Checks;
import dev.leat.api.JobState;
import dev.leat.api.KindName;
import dev.leat.api.QueueName;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs to list.
 *
 * @param states none for all
 * @param cursor {@link JobPage#next} of the page before
 * @param limit 1 to {@link #MOST}
 */
public record JobFilter(
        @Nullable QueueName queue,
        @Nullable KindName kind,
        Set<JobState> states,
        @Nullable String cursor,
        int limit) {
    public static final int DEFAULT = 50;
    public static final int MOST = 100;

    public static final JobFilter ALL = new JobFilter(null, null, Set.of(), null, DEFAULT);

    public JobFilter {
        states = Set.copyOf(states);
        Checks.range("limit", limit, 1, MOST);
    }
}
