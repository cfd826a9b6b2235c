package dev.leat.server;

import dev.leat.api.JobState;
import dev.leat.engine.observe.JobEvent;
import dev.leat.server.events.QueueSnapshots;
import dev.leat.wire.QueuePage;
import dev.leat.wire.QueueView;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What this process counts, for Prometheus: jobs by queue, kind and the state they came into, and the JVM. Thread-safe. */
final class Metrics implements AutoCloseable {
    /** The most queues, kinds and states together that are counted apart; what comes later is counted as others. */
    private static final int MOST_LABELS = 1_000;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final MultiGauge depth = MultiGauge.builder("leat.queue.jobs")
            .description("Jobs in each state")
            .register(registry);
    private final Map<Labels, Counter> entered = new ConcurrentHashMap<>();
    private QueueSnapshots.@Nullable Snapshot shown;

    Metrics() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        gc.bindTo(registry);
    }

    /** By many threads at once. */
    void count(List<JobEvent> events) {
        Map<Labels, Integer> jobs = new HashMap<>();
        for (JobEvent event : events) {
            if (event instanceof JobEvent.Entered(var job, var lane, var state)) {
                jobs.merge(new Labels(lane.queue().value(), lane.kind().value(), state), 1, Integer::sum);
            }
        }
        jobs.forEach((labels, number) -> counter(labels).increment(number));
    }

    private Counter counter(Labels labels) {
        Counter known = entered.get(labels);
        return known == null ? add(labels) : known;
    }

    private synchronized Counter add(Labels labels) {
        Labels shown = entered.size() < MOST_LABELS ? labels : labels.other();
        return entered.computeIfAbsent(
                shown,
                fresh -> Counter.builder("leat.jobs.entered")
                        .description("Jobs that this process had come into a state")
                        .tags("queue", fresh.queue, "kind", fresh.kind, "state", fresh.state.word())
                        .register(registry));
    }

    /** Everything now, in Prometheus' text format. If the store does not answer, without the depth of queues. */
    String text(QueueSnapshots queues) {
        show(queues.now());
        return registry.scrape();
    }

    private synchronized void show(QueueSnapshots.@Nullable Snapshot now) {
        if (now != shown) {
            depth.register(now == null ? List.of() : rows(now.page()), true);
            shown = now;
        }
    }

    private static List<MultiGauge.Row<?>> rows(QueuePage page) {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        for (QueueView queue : page.queues()) {
            for (JobState state : JobState.values()) {
                rows.add(MultiGauge.Row.of(
                        Tags.of("queue", queue.name().value(), "state", state.word()),
                        queue.jobs().of(state)));
            }
        }
        return rows;
    }

    boolean isClosed() {
        return registry.isClosed();
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }

    private record Labels(String queue, String kind, JobState state) {
        Labels other() {
            return new Labels("other", "other", state);
        }
    }
}
