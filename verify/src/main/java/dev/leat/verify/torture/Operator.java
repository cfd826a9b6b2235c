package dev.leat.verify.torture;

import dev.leat.api.JobId;
import dev.leat.api.StoreException;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobHead;
import dev.leat.api.store.JobQuery;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Operate;
import dev.leat.verify.torture.Workload.Intervention;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Amends jobs of which it knows only what the store lists, until it is told to be quiet. */
final class Operator {
    private static final long STEPS_OF_A_LIFE = 1_000_000;
    private static final long PAUSE_MILLIS = 100;

    private final Workload workload;
    private final long firstStep;
    private final Inspect inspect;
    private final Operate operate;
    private final CountDownLatch stop;
    private volatile boolean quiet;

    Operator(Member.Life life, JobStore jobs, CountDownLatch stop) {
        workload = new Workload(life.seed(), -life.number());
        firstStep = life.life() * STEPS_OF_A_LIFE;
        inspect = jobs.feature(Inspect.class).orElseThrow();
        operate = jobs.feature(Operate.class).orElseThrow();
        this.stop = stop;
    }

    /** Has {@link #run} end as soon as what was asked is answered. */
    void quiet() {
        quiet = true;
    }

    void run() throws InterruptedException {
        for (long number = firstStep; !quiet && !stop.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS); number++) {
            try {
                amend(workload.intervention(number));
            } catch (StoreException e) {
                // The history says what may have been done.
            }
        }
    }

    private void amend(Intervention intervention) {
        List<JobHead> waiting = inspect.list(new JobQuery(
                intervention.tenant(),
                null,
                null,
                Set.of(intervention.state()),
                JobQuery.Order.OLDEST_FIRST,
                null,
                Workload.MOST_LISTED));
        List<JobId> ids = intervention.places().stream()
                .filter(place -> !waiting.isEmpty())
                .map(place -> waiting.get(place % waiting.size()).id())
                .toList();
        if (!ids.isEmpty()) {
            operate.amend(intervention.tenant(), ids, intervention.amendment());
        }
    }
}
