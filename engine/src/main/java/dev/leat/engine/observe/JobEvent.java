package dev.leat.engine.observe;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;

/** Something that this process had a store do with jobs. A hint for those who watch: at most once, and only of this process. */
public sealed interface JobEvent {
    Lane lane();

    /** A job came into a state. */
    record Entered(JobId job, Lane lane, JobState state) implements JobEvent {}

    /**
     * Jobs that waited, or whose worker died, became available.
     *
     * @param jobs how many
     */
    record BecameAvailable(Lane lane, int jobs) implements JobEvent {}
}
