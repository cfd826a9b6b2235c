package dev.leat.kv;

import dev.leat.api.JobState;
import dev.leat.api.Payload;
import dev.leat.api.store.AttemptRecord.Ended;
import dev.leat.api.store.Failure;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Moves jobs from one place to the next: each is listed, counted and in line where it is, and nowhere else. */
final class Moves {
    private final Transaction tx;
    private final Draft draft;

    Moves(Transaction tx) {
        this.tx = tx;
        draft = tx.draft();
    }

    /** Where it goes is for the caller. */
    void leave(Place place) {
        Standing job = place.job();
        draft.remove(listed(place));
        tx.totals().add(job.lane(), place.slot(), -1);
        byte[] line = line(place);
        if (line.length > 0) {
            draft.remove(line);
        }
    }

    private void arrive(Place place) {
        Standing job = place.job();
        place.put(draft);
        draft.put(listed(place), "");
        tx.totals().add(job.lane(), place.slot(), 1);
        byte[] line = line(place);
        if (line.length > 0) {
            draft.put(
                    line,
                    "",
                    job.id().value(),
                    job.lane(),
                    job.priority(),
                    job.attempt(),
                    job.maxAttempts(),
                    job.crashes(),
                    job.suspicion(),
                    place.state() == JobState.RETRYABLE ? 1 : 0);
        }
        if (place.state() == JobState.AVAILABLE) {
            tx.wake(job.lane());
        }
    }

    private static byte[] listed(Place place) {
        return Keys.listed(
                Place.number(place.state()),
                place.job().lane(),
                place.job().id().value());
    }

    /** Its key in the line that it stands in; empty if it stands in none. */
    private static byte[] line(Place place) {
        Standing job = place.job();
        return switch (place.state()) {
            case AVAILABLE ->
                job.suspicion() == 0
                        ? Keys.ready(job.lane(), job.priority(), place.at())
                        : Keys.suspect(job.lane(), job.suspicion(), place.at());
            case SCHEDULED, RETRYABLE -> Keys.waiting(place.at(), job.id());
            case COMPLETED, DISCARDED, CANCELLED -> Keys.ended(Place.number(place.state()), place.at(), job.id());
            case RUNNING -> new byte[0];
        };
    }

    /** Behind all that is available. */
    void toAvailable(Standing job) {
        arrive(Place.available(job, tx.nextPosition()));
    }

    void toWaiting(Standing job, long due, boolean retry) {
        arrive(Place.waiting(job, due, retry));
    }

    void toRunning(Place place) {
        arrive(place);
    }

    /** @param run that ended it; null if none did, or if it is among the job's attempts */
    void toEnd(Standing job, JobState state, Place.@Nullable Run run, @Nullable Payload result, @Nullable Failure why) {
        arrive(new Place(state, job, tx.now(), run, result, why));
    }

    /** The run of a place, which did not end the job. */
    void addAttempt(Place from, Ended ended, long endedAt, @Nullable Failure why) {
        Place.Run run = Objects.requireNonNull(from.run());
        new Attempt(run, from.job().attempt(), ended, endedAt, why)
                .put(draft, from.job().id());
    }
}
