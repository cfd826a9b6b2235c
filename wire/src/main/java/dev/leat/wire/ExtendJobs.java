package dev.leat.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

@Doc("Jobs that were taken and need longer.")
public record ExtendJobs(
        @Doc("As they were taken, 1 to 1,000. Those that were taken together are extended together.")
        List<String> handles,

        @Doc("How long they are the caller's from now on, in milliseconds, 100 to 86,400,000; 30,000 if left out.")
        @Nullable
        Long leaseMillis) {}
