package dev.leat.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

@Doc("A page of jobs, newest first.")
public record JobPage(
        List<JobHeadView> jobs,

        @Doc("The cursor of the next page; null on the last page.") @Nullable
        String next) {}
