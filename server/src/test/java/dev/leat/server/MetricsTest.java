package dev.leat.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.KindName;
import dev.leat.api.Lane;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.engine.id.MonotonicClock;
import dev.leat.engine.observe.JobEvent;
import dev.leat.server.events.EventLog;
import dev.leat.server.events.QueueSnapshots;
import dev.leat.wire.QueuePage;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private final Metrics metrics = new Metrics();
    private final QueueSnapshots none = new QueueSnapshots(
            () -> new QueuePage(List.of(), null), new EventLog(() -> Instant.EPOCH), MonotonicClock.SYSTEM);

    @AfterEach
    void close() {
        metrics.close();
    }

    private static JobEvent entered(long id, String queue, JobState state) {
        return new JobEvent.Entered(
                new JobId(id), new Lane(TenantName.MAIN, new QueueName(queue), new KindName("note")), state);
    }

    private Stream<String> counted() {
        return metrics.text(none).lines().filter(line -> line.startsWith("leat_jobs_entered_total{"));
    }

    @Test
    void theJobsOfABatchAreCountedByQueueKindAndState() {
        metrics.count(List.of(
                entered(1, "mail", JobState.RUNNING),
                entered(2, "mail", JobState.RUNNING),
                entered(3, "post", JobState.RUNNING),
                entered(1, "mail", JobState.COMPLETED),
                new JobEvent.BecameAvailable(new Lane(TenantName.MAIN, QueueName.DEFAULT, new KindName("note")), 7)));
        metrics.count(List.of(entered(2, "mail", JobState.COMPLETED)));

        assertThat(counted())
                .containsExactlyInAnyOrder(
                        "leat_jobs_entered_total{kind=\"note\",queue=\"mail\",state=\"running\"} 2.0",
                        "leat_jobs_entered_total{kind=\"note\",queue=\"post\",state=\"running\"} 1.0",
                        "leat_jobs_entered_total{kind=\"note\",queue=\"mail\",state=\"completed\"} 2.0");
    }

    @Test
    void whatCannotBeCountedApartIsCountedAsOthers() {
        for (int i = 0; i < 1_500; i++) {
            metrics.count(List.of(entered(1, "q" + i, JobState.RUNNING), entered(2, "q" + i, JobState.RUNNING)));
        }
        metrics.count(List.of(entered(3, "last", JobState.COMPLETED), entered(4, "q7", JobState.RUNNING)));

        assertThat(counted())
                .hasSize(1_002)
                .contains(
                        "leat_jobs_entered_total{kind=\"note\",queue=\"q7\",state=\"running\"} 3.0",
                        "leat_jobs_entered_total{kind=\"note\",queue=\"q999\",state=\"running\"} 2.0",
                        "leat_jobs_entered_total{kind=\"other\",queue=\"other\",state=\"running\"} 1000.0",
                        "leat_jobs_entered_total{kind=\"other\",queue=\"other\",state=\"completed\"} 1.0");
    }
}
