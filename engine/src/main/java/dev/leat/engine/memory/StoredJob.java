package dev.leat.engine.memory;

import dev.leat.api.JobState;
import dev.leat.api.Payload;
import dev.leat.api.store.AttemptRecord;
import dev.leat.api.store.Failure;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.NewJob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One job in memory: what was enqueued, what an operator made of it, and where it is in its life. */
final class StoredJob {
    private final NewJob enqueued;
    NewJob job;
    final Instant createdAt;
    final List<AttemptRecord> attempts = new ArrayList<>();
    JobState state = JobState.AVAILABLE;
    Suspicion suspicion = Suspicion.NONE;
    int attempt;
    int maxAttempts;
    int crashes;
    long position;
    Instant dueAt;

    @Nullable
    Instant startedAt;

    @Nullable
    Instant finishedAt;

    @Nullable
    Integer worker;

    @Nullable
    Payload result;

    @Nullable
    Failure failure;

    /** The run that ended the job, unless it is among the attempts. */
    @Nullable
    AttemptRecord lastRun;

    StoredJob(NewJob job, Instant createdAt) {
        this.job = job;
        enqueued = job;
        this.createdAt = createdAt;
        maxAttempts = job.maxAttempts();
        dueAt = createdAt;
    }

    /** Whether the other is what this was enqueued as, whatever it was amended to since. */
    boolean isSame(NewJob other) {
        return enqueued.lane().equals(other.lane())
                && enqueued.payload().equals(other.payload())
                && enqueued.nonce() == other.nonce();
    }

    JobRecord view() {
        return new JobRecord(
                job.id(),
                job.lane(),
                state,
                job.priority(),
                job.payload(),
                attempt,
                maxAttempts,
                crashes,
                createdAt,
                state == JobState.SCHEDULED || state == JobState.RETRYABLE ? dueAt : null,
                startedAt,
                finishedAt,
                worker,
                result,
                failure,
                attempts);
    }

    /** How closely a job is watched after the worker that ran it died. */
    enum Suspicion {
        NONE,
        /** Was in a lease that ended; goes out with other suspects. */
        TOGETHER,
        /** Was in a lease of suspects that ended; goes out alone. */
        ALONE;

        Suspicion raised() {
            return this == NONE ? TOGETHER : ALONE;
        }
    }
}
