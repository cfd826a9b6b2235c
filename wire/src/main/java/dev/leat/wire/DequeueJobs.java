package dev.leat.wire;

import dev.leat.api.KindName;
import java.util.List;
import org.jspecify.annotations.Nullable;

@Doc("Which jobs to take from a queue, and for how long.")
public record DequeueJobs(
        @Doc("Of which kinds, 1 to 100; \"message\" alone if left out.") @Nullable
        List<KindName> kinds,

        @Doc("The most jobs to take, 1 to 1,000; 1 if left out.") @Nullable
        Integer count,

        @Doc("How long to wait for a job, in milliseconds, 0 to 20,000; 0 if left out.") @Nullable
        Long waitMillis,

        @Doc("How long the jobs are the caller's, in milliseconds, 100 to 86,400,000; 30,000 if left out.") @Nullable
        Long leaseMillis) {
    public static final long LONGEST_WAIT_MILLIS = 20_000;
}
