package dev.leat.engine.config;

import dev.leat.api.QueueName;
import dev.leat.engine.work.WorkerConfig;
import java.time.Duration;
import java.util.List;

/** What the worker of a process takes on; the checks are those of {@link WorkerConfig}. */
public record WorkerSettings(
        @Setting(value = "Whether this process runs jobs.", defaultsTo = "true")
        boolean enabled,

        @Setting(
                value = "The queues it works on; none for all, also those that come to be later.",
                defaultsTo = "[]",
                allowed = "up to 1000 names",
                example = "[default, mail]")
        List<QueueName> queues,

        @Setting(value = "How many jobs run at once.", defaultsTo = "64", allowed = "1 to 10000")
        int slots,

        @Setting(
                value = "How long at most a job waits unnoticed that another process enqueued and could not tell of.",
                defaultsTo = "1s",
                allowed = "10ms to 1h")
        Duration poll,

        @Setting(
                value = "How long the store waits for a sign of life before it gives a job to another worker.",
                defaultsTo = "30s",
                allowed = "1s to 1d")
        Duration lease,

        @Setting(
                value = "How long running jobs may go on when the process is stopped.",
                defaultsTo = "25s",
                allowed = "0s to 1d")
        Duration grace) {

    public WorkerSettings {
        queues = Bounds.items("queues", queues, 0, 1_000);
        worker(queues, slots, lease, poll, grace);
    }

    private static WorkerConfig worker(
            List<QueueName> queues, int slots, Duration lease, Duration poll, Duration grace) {
        WorkerConfig standard = WorkerConfig.DEFAULT;
        return new WorkerConfig(
                standard.tenants(), queues, slots, lease, poll, grace, standard.maxBytes(), standard.retention());
    }

    /** As the engine takes it. */
    public WorkerConfig worker() {
        return worker(queues, slots, lease, poll, grace);
    }
}
