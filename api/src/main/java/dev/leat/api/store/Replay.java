package dev.leat.api.store;

import dev.leat.api.JobId;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Facet of a store that can tell in order which jobs have ended, so that copies of them can be enqueued: as new jobs with ids of
 * their own, since a job that has ended never runs again under its id.
 */
public interface Replay {
    /** The most jobs of a page. */
    int MOST = 1_000;

    /**
     * Jobs of a lane that were completed or discarded and are still kept, in the order in which they became available after they
     * were enqueued. Changes nothing.
     *
     * <p>Jobs that were due later when they were enqueued are not among them, nor those that are in another lane by now. What ends between
     * two pages may be missing in the second.
     *
     * @param max 1 to {@link #MOST}; there may be fewer on a page that others follow
     */
    Page ended(Lane lane, From from, int max);

    /** Where a replay begins. */
    sealed interface From permits From.Job, From.Time, From.Mark {
        /** With a job; with what was enqueued since its id was made, if it is not known any more. */
        record Job(JobId id) implements From {}

        /** With what became available at this time or later. */
        record Time(Instant instant) implements From {}

        /** Behind an earlier page, see {@link Page#next}. */
        record Mark(String text) implements From {}
    }

    /**
     * Jobs that have ended.
     *
     * @param next where the next page begins; null if this is the last one
     */
    record Page(List<Ended> jobs, @Nullable From next) {
        public Page {
            jobs = List.copyOf(jobs);
        }
    }

    /** A job that has ended, as far as a copy of it needs. */
    record Ended(JobId id, Lane lane, Payload payload, int priority, int maxAttempts) {
        /** A new job that does the same, due at once. */
        public NewJob copy(JobId as, long nonce) {
            return new NewJob(as, nonce, lane, payload, priority, maxAttempts, Due.now());
        }
    }
}
