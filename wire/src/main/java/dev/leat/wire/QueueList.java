package dev.leat.wire;

import java.util.List;

@Doc("All queues that ever had a job, by name.")
public record QueueList(List<QueueView> queues) {}
