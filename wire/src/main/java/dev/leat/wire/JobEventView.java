package dev.leat.wire;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.KindName;
import dev.leat.api.QueueName;
import java.time.Instant;

@Doc("A job came into a state. What the stream tells last of a job is the state it is in.")
public record JobEventView(
        JobId id,
        QueueName queue,
        KindName kind,
        JobState state,
        @Doc("When this server learned of it.") Instant at) {}
