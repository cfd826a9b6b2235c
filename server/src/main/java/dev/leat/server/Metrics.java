package dev.leat.server;

import dev.leat.api.JobState;
import dev.leat.engine.observe.JobEvent;
import dev.leat.wire.ApiException;
import dev.leat.wire.LeatApi;
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
import java.util.List;

/** What this process counts, for Prometheus: jobs by queue, kind and the state they came into, and the JVM. Thread-safe. */
final class Metrics implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final MultiGauge depth = MultiGauge.builder("leat.queue.jobs")
            .description("Jobs in each state")
            .register(registry);

    Metrics() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        gc.bindTo(registry);
    }

    void count(List<JobEvent> events) {
        for (JobEvent event : events) {
            if (event instanceof JobEvent.Entered(var job, var lane, var state)) {
                Counter.builder("leat.jobs.entered")
                        .description("Jobs that this process had come into a state")
                        .tags("queue", lane.queue().value(), "kind", lane.kind().value(), "state", state.word())
                        .register(registry)
                        .increment();
            }
        }
    }

    /** Everything now, in Prometheus' text format. If the store does not answer, without the depth of queues. */
    String text(LeatApi api) {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        try {
            for (QueueView queue : api.queues().queues()) {
                for (JobState state : JobState.values()) {
                    rows.add(MultiGauge.Row.of(
                            Tags.of("queue", queue.name().value(), "state", state.word()),
                            queue.jobs().of(state)));
                }
            }
        } catch (ApiException e) {
            rows.clear();
        }
        depth.register(rows, true);
        return registry.scrape();
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }
}
