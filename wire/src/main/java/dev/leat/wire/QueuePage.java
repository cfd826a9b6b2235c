package dev.leat.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

@Doc("A page of the queues that ever had a job, by name.")
public record QueuePage(
        List<QueueView> queues,

        @Doc("The cursor of the next page; null on the last page.") @Nullable
        String next) {}
