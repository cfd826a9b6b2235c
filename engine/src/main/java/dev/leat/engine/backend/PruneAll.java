package dev.leat.engine.backend;

import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.store.Prune;
import dev.leat.api.store.Pruned;
import dev.leat.api.store.Retention;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Removes what ended long ago from several stores; a step takes one of each. */
record PruneAll(List<Prune> all) implements Prune {
    @Override
    public Pruned prune(Retention retention, int max) {
        return sum(all.stream().map(each -> each.prune(retention, max)).toList());
    }

    @Override
    public Pruned due(Retention retention) {
        return sum(all.stream().map(each -> each.due(retention)).toList());
    }

    @Override
    public void again() {
        all.forEach(Prune::again);
    }

    private static Pruned sum(List<Pruned> steps) {
        Map<Lane, Map<JobState, Long>> removed = new HashMap<>();
        steps.forEach(step -> step.removed()
                .forEach((lane, states) -> states.forEach((state, count) ->
                        removed.computeIfAbsent(lane, of -> new HashMap<>()).merge(state, count, Long::sum))));
        return new Pruned(removed, steps.stream().anyMatch(Pruned::more));
    }
}
