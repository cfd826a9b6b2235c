package dev.leat.wire;

import dev.leat.api.QueueName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

@Doc("Where a queue's new jobs go.")
public record QueueRoute(
        QueueName queue,
        String backend,

        @Doc("From when on; left out if that was so already.") @Nullable
        Instant since) {}
