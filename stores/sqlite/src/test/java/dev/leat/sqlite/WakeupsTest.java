package dev.leat.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.AbsentCapabilityException;
import dev.leat.api.TenantName;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Due;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Transactional;
import dev.leat.api.store.Wakeups;
import dev.leat.api.store.Wakeups.Listening;
import dev.leat.api.store.Wakeups.Wakeup;
import dev.leat.testkit.StoreClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Those who share the stores of a process hear of each other's jobs as soon as these are durable. */
class WakeupsTest {
    private static final Wakeup LANE = new Wakeup(Set.of(Jobs.LANE));
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    Path directory;

    private final StoreClock clock = new StoreClock();
    private final List<Wakeup> heard = new ArrayList<>();
    private SqliteStores stores;
    private JobStore jobs;
    private Listening listening;

    @BeforeEach
    void open() {
        stores = SqliteStores.open(SqliteConfig.of(directory.resolve("leat.db")).withClock(clock));
        jobs = stores.jobs();
        listening = wakeups().listen(heard::add);
        assertHeard(Wakeup.ANYWHERE);
    }

    @AfterEach
    void close() {
        stores.close();
    }

    @Test
    void whateverBecomesAvailableIsHeardOf() {
        NewJob job = Jobs.job(1);
        jobs.enqueue(List.of(job));
        assertHeard(LANE);

        Lease lease = jobs.claim(Jobs.claim(1)).leases().getFirst();
        jobs.settle(List.of(new Settlement(lease.id(), job.id(), new Outcome.Release())));
        assertHeard(LANE);

        jobs.claim(Jobs.claim(1));
        clock.advance(HOUR.multipliedBy(2));
        jobs.reclaim(10);
        assertHeard(LANE);

        Operate operate = jobs.feature(Operate.class).orElseThrow();
        operate.cancel(TenantName.MAIN, List.of(job.id()));
        operate.retry(TenantName.MAIN, List.of(job.id()));
        assertHeard(LANE);

        jobs.enqueue(List.of(Jobs.job(2, job.payload(), Due.after(HOUR))));
        assertHeard();
        clock.advance(HOUR.multipliedBy(2));
        jobs.promote(10);
        assertHeard(LANE);

        wakeups().committed();
        assertHeard(Wakeup.ANYWHERE);
    }

    @Test
    void nothingIsHeardOfWhatChangesNothing() {
        jobs.enqueue(Jobs.jobs(1, 3));
        assertHeard(LANE);

        jobs.enqueue(Jobs.jobs(1, 3));
        jobs.claim(Jobs.claim(2));
        jobs.promote(10);
        jobs.reclaim(10);
        jobs.enqueueAndClaim(Jobs.job(9), Jobs.claim(1));

        assertHeard();
    }

    @Test
    void aListenerThatFailsHarmsNobody() {
        wakeups().listen(wakeup -> {
            throw new IllegalStateException("a defect");
        });

        assertThat(jobs.enqueue(Jobs.jobs(1, 1))).isEqualTo(Jobs.accepted(Jobs.jobs(1, 1)));

        assertHeard(LANE);
    }

    @Test
    void whoListensNoMoreHearsNothing() {
        listening.close();
        listening.close();

        jobs.enqueue(Jobs.jobs(1, 1));

        assertHeard();
    }

    @Test
    void afterTheEndNobodyListens() {
        Wakeups wakeups = wakeups();
        stores.close();

        try (Listening late = wakeups.listen(heard::add)) {
            wakeups.committed();
        }

        assertHeard();
    }

    @Test
    void callersTransactionsAreRefusedByName() {
        assertThat(jobs.feature(Transactional.class)).isEmpty();
        assertThatThrownBy(() -> jobs.capabilities().require(Capability.TRANSACTIONAL_ENQUEUE, "postgres"))
                .isInstanceOf(AbsentCapabilityException.class)
                .hasMessageContaining("store \"sqlite\" has no transactional-enqueue");
    }

    private Wakeups wakeups() {
        return jobs.feature(Wakeups.class).orElseThrow();
    }

    private void assertHeard(Wakeup... expected) {
        assertThat(heard).containsExactly(expected);
        heard.clear();
    }
}
