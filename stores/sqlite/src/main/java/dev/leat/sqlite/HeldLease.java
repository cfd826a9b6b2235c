package dev.leat.sqlite;

import dev.leat.api.JobId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * A row of {@code lease}.
 *
 * @param jobs how many it still holds
 * @param members the jobs it held first
 */
record HeldLease(
        long id,
        int lane,
        int priority,
        int attempt,
        int crashes,
        int suspicion,
        int worker,
        long startedAt,
        long expiresAt,
        int jobs,
        List<JobId> members) {
    static HeldLease read(ResultSet row) throws SQLException {
        return new HeldLease(
                row.getLong("id"),
                row.getInt("lane"),
                row.getInt("priority"),
                row.getInt("attempt"),
                row.getInt("crashes"),
                row.getInt("suspicion"),
                row.getInt("worker"),
                row.getLong("started_at"),
                row.getLong("expires_at"),
                row.getInt("jobs"),
                Ids.unpacked(row.getBytes("members")));
    }

    /** One of its jobs, as it runs. */
    Standing standing(JobId job) {
        return new Standing(job, lane, priority, attempt, crashes, suspicion);
    }
}
