package dev.leat.wire;

import org.jspecify.annotations.Nullable;

@Doc("What to do about jobs that ended longer ago than the server keeps them.")
public record PruneJobs(
        @Doc("Whether only to tell how many there are; false if left out.") @Nullable
        Boolean dryRun,

        @Doc("Whether this call goes on with what one before, which answered more, had begun; false if left out.")
        @Nullable
        Boolean goOn) {
    public static final PruneJobs DRY_RUN = new PruneJobs(true, null);
    public static final PruneJobs BEGIN = new PruneJobs(null, null);
    public static final PruneJobs GO_ON = new PruneJobs(null, true);
}
