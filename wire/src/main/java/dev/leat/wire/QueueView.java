package dev.leat.wire;

import dev.leat.api.QueueName;

@Doc("A queue and how many of its jobs are in each state.")
public record QueueView(
        QueueName name,
        @Doc("The backend that its new jobs go into.") String backend,
        @Doc("Whether no worker takes jobs from it.") boolean paused,
        StateCounts jobs) {}
