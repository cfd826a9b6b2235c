package dev.leat.wire;

import java.util.List;

@Doc("What became of the jobs of one call, in their order.")
public record EnqueueAnswer(List<EnqueuedJob> jobs) {}
