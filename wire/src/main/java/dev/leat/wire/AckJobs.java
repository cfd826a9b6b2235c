package dev.leat.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

@Doc("Jobs that were taken and are done.")
public record AckJobs(
        @Doc("As they were taken, 1 to 1,000.") List<String> handles,

        @Doc("What each came to, kept with it; as many as there are handles, any JSON value each.") @Nullable
        List<RawJson> results) {}
