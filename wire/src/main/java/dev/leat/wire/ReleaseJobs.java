package dev.leat.wire;

import java.util.List;

@Doc("Jobs that were taken and not begun.")
public record ReleaseJobs(
        @Doc("As they were taken, 1 to 1,000.") List<String> handles) {}
