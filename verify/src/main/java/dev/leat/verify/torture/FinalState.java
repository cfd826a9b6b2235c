package dev.leat.verify.torture;

import dev.leat.api.JobId;
import dev.leat.api.TenantName;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobHead;
import dev.leat.api.store.JobQuery;
import dev.leat.api.store.JobStore;
import dev.leat.verify.history.HistoryFile;
import dev.leat.verify.history.Op;
import dev.leat.verify.history.Phase;
import dev.leat.verify.history.Recorder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Writes down what is in the store at the end. */
final class FinalState {
    private final Inspect inspect;
    private final Recorder recorder;

    FinalState(JobStore store, Recorder recorder) {
        inspect = store.feature(Inspect.class).orElseThrow();
        this.recorder = recorder;
    }

    /** Of every job that the store lists, and of every one that the history knows and the store does not list. */
    void record(Path history) {
        Map<TenantName, Set<JobId>> enqueued = enqueued(history);
        for (TenantName tenant : Workload.TENANTS) {
            Set<JobId> unlisted = enqueued.getOrDefault(tenant, Set.of());
            JobQuery query = new JobQuery(
                    tenant,
                    null,
                    null,
                    Set.of(dev.leat.api.JobState.values()),
                    JobQuery.Order.OLDEST_FIRST,
                    null,
                    JobQuery.MOST);
            for (List<JobHead> page = inspect.list(query);
                    !page.isEmpty();
                    page = inspect.list(query.from(page.getLast().id()))) {
                record(page);
                page.forEach(head -> unlisted.remove(head.id()));
            }
            unlisted.forEach(id -> inspect.find(tenant, id).ifPresent(found -> record(List.of(found.head()))));
        }
    }

    /** Of every row that handlers wrote with completions. */
    void rows(List<JobId> jobs) {
        if (!jobs.isEmpty()) {
            recorder.record(recorder.call(), Op.ROW, Phase.OK, jobs, (event, job) -> event.job(job.value()));
        }
    }

    private static Map<TenantName, Set<JobId>> enqueued(Path history) {
        Map<TenantName, Set<JobId>> jobs = new HashMap<>();
        HistoryFile.read(history, event -> {
            if (event.op() == Op.ENQUEUE && event.phase() == Phase.INVOKE) {
                jobs.computeIfAbsent(new TenantName(Objects.requireNonNull(event.tenant())), tenant -> new HashSet<>())
                        .add(new JobId(event.job()));
            }
        });
        return jobs;
    }

    private void record(List<JobHead> heads) {
        recorder.record(
                recorder.call(),
                Op.FINAL,
                Phase.OK,
                heads,
                (event, head) -> event.job(head.id().value())
                        .lane(
                                head.lane().tenant().value(),
                                head.lane().queue().value(),
                                head.lane().kind().value())
                        .priority(head.priority())
                        .attempt(head.attempt())
                        .maxAttempts(head.maxAttempts())
                        .crashes(head.crashes())
                        .word(head.state().word()));
    }
}
