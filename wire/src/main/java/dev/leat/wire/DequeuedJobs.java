package dev.leat.wire;

import java.util.List;

@Doc("Jobs that were taken; none if there were none to take.")
public record DequeuedJobs(List<DequeuedJob> jobs) {}
