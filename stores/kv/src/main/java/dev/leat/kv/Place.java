package dev.leat.kv;

import dev.leat.api.ContentType;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Payload;
import dev.leat.api.store.Failure;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a job is in its life.
 *
 * @param at its position if it is available, when it is due if it waits for a time, when it ended if it has; else 0
 * @param run the one that it is in, or that ended it; null if it does not run, or no run ended it
 */
record Place(
        JobState state,
        Standing job,
        long at,
        @Nullable Run run,
        @Nullable Payload result,
        @Nullable Failure failure) {
    private static final int NOTHING = 0;
    private static final int RESULT = 1;
    private static final int FAILURE = 2;

    /** Of a lease, with the worker that got it and when it did. */
    record Run(long lease, int worker, long startedAt) {}

    static Place available(Standing job, long position) {
        return new Place(JobState.AVAILABLE, job, position, null, null, null);
    }

    static Place waiting(Standing job, long due, boolean retry) {
        return new Place(retry ? JobState.RETRYABLE : JobState.SCHEDULED, job, due, null, null, null);
    }

    static Place running(Standing job, Run run) {
        return new Place(JobState.RUNNING, job, 0, run, null, null);
    }

    boolean waits() {
        return state != JobState.RUNNING && !state.isFinal();
    }

    /** Where it counts. */
    int slot() {
        if (state != JobState.AVAILABLE) {
            return Slot.of(state);
        }
        return job.suspicion() == 0 ? job.priority() : Slot.SUSPECT;
    }

    /** The number of a state on disk. */
    static int number(JobState state) {
        return switch (state) {
            case COMPLETED -> 0;
            case DISCARDED -> 1;
            case CANCELLED -> 2;
            case SCHEDULED -> 3;
            case RETRYABLE -> 4;
            case AVAILABLE -> 5;
            case RUNNING -> 6;
        };
    }

    private static JobState state(long number) {
        return switch ((int) number) {
            case 0 -> JobState.COMPLETED;
            case 1 -> JobState.DISCARDED;
            case 2 -> JobState.CANCELLED;
            case 3 -> JobState.SCHEDULED;
            case 4 -> JobState.RETRYABLE;
            case 5 -> JobState.AVAILABLE;
            case 6 -> JobState.RUNNING;
            default -> throw new IllegalArgumentException("no state has the number " + number);
        };
    }

    static Optional<Place> of(Contents contents, JobId id) {
        return contents.get(Keys.place(id)).map(content -> read(id, content));
    }

    private static Place read(JobId id, ByteBuffer content) {
        JobState state = state(content.getLong());
        Standing job = new Standing(
                id,
                (int) content.getLong(),
                (int) content.getLong(),
                (int) content.getLong(),
                (int) content.getLong(),
                (int) content.getLong(),
                (int) content.getLong());
        long at = content.getLong();
        long lease = content.getLong();
        Run run = new Run(lease, (int) content.getLong(), content.getLong());
        int rest = (int) content.getLong();
        int size = (int) content.getLong();
        Payload result = null;
        Failure failure = null;
        if (rest == RESULT) {
            result = Payload.of(Value.bytes(content), ContentType.ofCode(size));
        } else if (rest == FAILURE) {
            failure = failure(size, content);
        }
        return new Place(state, job, at, lease == 0 ? null : run, result, failure);
    }

    private static Failure failure(int messageBytes, ByteBuffer content) {
        byte[] message = new byte[messageBytes];
        content.get(message);
        return new Failure(new String(message, StandardCharsets.UTF_8), Value.text(content));
    }

    void put(Draft draft) {
        Run ran = run == null ? new Run(0, 0, 0) : run;
        int rest = NOTHING;
        int size = 0;
        byte[] end = {};
        if (result != null) {
            rest = RESULT;
            size = result.contentType().code();
            end = result.bytes();
        } else if (failure != null) {
            rest = FAILURE;
            size = failure.message().getBytes(StandardCharsets.UTF_8).length;
            end = (failure.message() + failure.detail()).getBytes(StandardCharsets.UTF_8);
        }
        draft.put(
                Keys.place(job.id()),
                end,
                number(state),
                job.lane(),
                job.priority(),
                job.attempt(),
                job.maxAttempts(),
                job.crashes(),
                job.suspicion(),
                at,
                ran.lease,
                ran.worker,
                ran.startedAt,
                rest,
                size);
    }
}
