package dev.leat.verify.simulation;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.TenantName;
import dev.leat.api.Transition;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.NewJob;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The states in which jobs are seen after each step, and whether there is a way from one to the next. */
final class States {
    private final Inspect inspect;
    private final Coverage coverage;
    private final Map<JobId, Seen> jobs = new LinkedHashMap<>();
    private final List<String> impossible = new ArrayList<>();

    States(Inspect inspect, Coverage coverage) {
        this.inspect = inspect;
        this.coverage = coverage;
    }

    void watch(NewJob job) {
        jobs.putIfAbsent(job.id(), new Seen(job));
    }

    /**
     * Looks where every job is now.
     *
     * @param verb what was done since the last look, as {@link Transition#verb} begins
     * @param byHand whether jobs may have left a final state
     */
    void look(String verb, boolean byHand) {
        Map<TenantName, List<JobId>> wanted = new LinkedHashMap<>();
        for (Seen seen : jobs.values()) {
            if (byHand || seen.state == null || !seen.state.isFinal()) {
                wanted.computeIfAbsent(seen.job.lane().tenant(), tenant -> new ArrayList<>())
                        .add(seen.job.id());
            }
        }
        wanted.forEach((tenant, ids) -> inspect.find(tenant, ids)
                .forEach(found -> moved(Objects.requireNonNull(jobs.get(found.id())), found.state(), verb)));
    }

    private void moved(Seen seen, JobState to, String verb) {
        JobState from = seen.state;
        if (from == to) {
            return;
        }
        seen.state = to;
        Transition way = null;
        for (Transition each : Transition.values()) {
            if (each.from().orElse(null) == from
                    && each.to() == to
                    && (way == null || each.verb().startsWith(verb))) {
                way = each;
            }
        }
        if (way == null) {
            impossible.add("job " + seen.job.id() + " went from " + from + " to " + to);
        } else {
            coverage.add(way);
        }
    }

    /** Whether every job is where nothing moves it any more, but for those that never came to be. */
    boolean allFinal() {
        return jobs.values().stream().allMatch(seen -> seen.state == null || seen.state.isFinal());
    }

    /** Ways that were gone and do not exist. */
    List<String> impossible() {
        return impossible;
    }

    private static final class Seen {
        private final NewJob job;
        private @Nullable JobState state;

        Seen(NewJob job) {
            this.job = job;
        }
    }
}
