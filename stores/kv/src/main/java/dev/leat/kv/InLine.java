package dev.leat.kv;

import dev.leat.api.JobId;
import java.nio.ByteBuffer;

/** A job in a line, as {@link Moves} put it there. */
record InLine(Standing job, long at, boolean retry) {
    /** @param at what its key says before the job's id or at its end */
    static InLine read(long at, ByteBuffer content) {
        return new InLine(
                new Standing(
                        new JobId(content.getLong()),
                        (int) content.getLong(),
                        (int) content.getLong(),
                        (int) content.getLong(),
                        (int) content.getLong(),
                        (int) content.getLong(),
                        (int) content.getLong()),
                at,
                content.getLong() == 1);
    }

    Place available() {
        return Place.available(job, at);
    }

    Place waiting() {
        return Place.waiting(job, at, retry);
    }
}
