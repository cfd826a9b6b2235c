package dev.leat.api.store;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a list tells of a job: where it is in its life, and nothing of what it carries. At most some kilobytes, however large
 * its {@link JobRecord} is.
 *
 * @param attempt as in {@link JobRecord}; so are all others that are not told of here
 * @param error the message of its failure, or else of its last earlier run, if that failed
 */
public record JobHead(
        JobId id,
        Lane lane,
        JobState state,
        int priority,
        int attempt,
        int maxAttempts,
        int crashes,
        Instant createdAt,
        @Nullable Instant dueAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable Integer worker,
        @Nullable String error) {}
