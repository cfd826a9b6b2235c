package dev.leat.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

@Doc("Jobs that were taken and are not done.")
public record NackJobs(
        @Doc("As they were taken, 1 to 1,000.") List<String> handles,

        @Doc("Whether they are to be tried again, those that have an attempt left; true if left out. Else they are"
                + " discarded.")
        @Nullable
        Boolean requeue,

        @Doc("How long they wait before that, in milliseconds; 0 if left out.") @Nullable
        Long delayMillis,

        @Doc("Why, in a sentence of at most 1,000 characters.") @Nullable
        String reason) {}
