package dev.leat.kv;

import dev.leat.api.JobId;
import dev.leat.api.store.AttemptRecord;
import dev.leat.api.store.AttemptRecord.Ended;
import dev.leat.api.store.Failure;
import dev.leat.api.store.LeaseId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A run that did not end its job, or after which it was retried by hand. */
record Attempt(
        Place.Run run,
        int attempt,
        Ended ended,
        long endedAt,
        @Nullable Failure why) {
    private static final int NO_FAILURE = -1;

    /** In the order in which they ran. */
    static List<AttemptRecord> of(Contents contents, JobId job) {
        List<AttemptRecord> attempts = new ArrayList<>();
        byte[] start = Keys.attempts(job);
        contents.each(start, start, (key, content) -> {
            attempts.add(read(Keys.behind(key, start.length).getLong(), content));
            return true;
        });
        return attempts;
    }

    private static AttemptRecord read(long lease, ByteBuffer content) {
        int attempt = (int) content.getLong();
        Ended ended = ended(content.getLong());
        int worker = (int) content.getLong();
        long startedAt = content.getLong();
        long endedAt = content.getLong();
        int size = (int) content.getLong();
        Failure why = null;
        if (size != NO_FAILURE) {
            byte[] message = new byte[size];
            content.get(message);
            why = new Failure(new String(message, StandardCharsets.UTF_8), Value.text(content));
        }
        return new AttemptRecord(
                new LeaseId(lease),
                attempt,
                ended,
                worker,
                StoreTime.instant(startedAt),
                StoreTime.instant(endedAt),
                why);
    }

    void put(Draft draft, JobId job) {
        draft.put(
                Keys.attempt(job, run.lease()),
                why == null ? "" : why.message() + why.detail(),
                attempt,
                number(ended),
                run.worker(),
                run.startedAt(),
                endedAt,
                why == null ? NO_FAILURE : why.message().getBytes(StandardCharsets.UTF_8).length);
    }

    /** The number of an end on disk. */
    private static int number(Ended ended) {
        return switch (ended) {
            case FAILED -> 0;
            case SNOOZED -> 1;
            case RELEASED -> 2;
            case LOST -> 3;
            case CANCELLED -> 4;
        };
    }

    private static Ended ended(long number) {
        return switch ((int) number) {
            case 0 -> Ended.FAILED;
            case 1 -> Ended.SNOOZED;
            case 2 -> Ended.RELEASED;
            case 3 -> Ended.LOST;
            case 4 -> Ended.CANCELLED;
            default -> throw new IllegalArgumentException("no end of a run has the number " + number);
        };
    }
}
