package dev.leat.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.Payload;
import dev.leat.api.store.Due;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Prune;
import dev.leat.api.store.Pruned;
import dev.leat.api.store.Retention;
import dev.leat.api.store.Settlement;
import dev.leat.testkit.StoreClock;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pruning for whoever does not want to wait for it. */
class PruneNowTest {
    private final StoreClock clock = new StoreClock();
    private final TestDatabase database = TestDatabase.newest();
    private Fixture fixture;
    private JobStore store;
    private Prune pruning;

    @BeforeEach
    void open() {
        fixture = new Fixture(database);
        store = fixture.emptied(clock).jobs();
        pruning = store.feature(Prune.class).orElseThrow();
    }

    @AfterEach
    void close() {
        fixture.close();
        database.execute("drop schema %s cascade".formatted(fixture.config().schema()));
    }

    @Test
    void aPassThatHasEndedIsBegunAgainIfThatIsWanted() {
        complete(1, 3);
        clock.advance(Duration.ofDays(7).minusMinutes(1));
        assertThat(prune()).isZero();
        clock.advance(Duration.ofMinutes(2));
        assertThat(pruning.due(Retention.DEFAULT).total()).isEqualTo(2);
        assertThat(prune()).as("resting").isZero();

        pruning.again();

        assertThat(prune()).isEqualTo(2);
    }

    /** A range goes as one, so what it has is not due before all of it may be. */
    @Test
    void whatIsInARangeIsDueWithTheRange() {
        complete(JobId.of(clock.instant().getEpochSecond() - JobId.EPOCH_SECOND, 7, 1)
                .value());
        clock.advance(Duration.ofDays(7).plusMinutes(1));
        assertThat(pruning.due(Retention.DEFAULT).total()).isZero();
        pruning.again();
        assertThat(prune()).isZero();
        clock.advance(Duration.ofDays(2));

        assertThat(pruning.due(Retention.DEFAULT).total()).isEqualTo(1);
        assertThat(prune()).isEqualTo(1);
    }

    @Test
    void whoeverIsAtItIsLeftAlone() throws Exception {
        try (Connection other = database.connect()) {
            other.setAutoCommit(false);
            TestDatabase.rows(other, "select mark from %s for update".formatted(fixture.of("pruning")));

            pruning.again();

            assertThat(prune()).isZero();
            other.rollback();
        }
    }

    private void complete(long... ids) {
        for (long id : ids) {
            store.enqueue(List.of(Jobs.job(id, Payload.json("1"), Due.now())));
        }
        store.settle(store.claim(Jobs.claim(ids.length)).leases().stream()
                .flatMap(lease -> lease.claims().stream()
                        .map(claim -> new Settlement(lease.id(), claim.job(), new Outcome.Completed(null))))
                .toList());
    }

    private long prune() {
        long removed = 0;
        Pruned pruned;
        do {
            pruned = pruning.prune(Retention.DEFAULT, 1_000);
            removed += pruned.total();
        } while (pruned.more());
        return removed;
    }
}
