package dev.leat.api.store;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;

/** The store's answer for one job that {@link Operate} was asked to change. */
public sealed interface Operated {
    JobId job();

    /** It is as was asked, durable in the store's class; {@code state} is the state it is in now. */
    record Done(JobId job, Lane lane, JobState state) implements Operated {}

    /** Nothing was changed: a job in this state cannot be changed so. */
    record NotAllowed(JobId job, JobState state) implements Operated {}

    /** The tenant has no such job. Whether another tenant has is not told. */
    record NotFound(JobId job) implements Operated {}
}
