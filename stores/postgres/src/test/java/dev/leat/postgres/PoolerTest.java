package dev.leat.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.StoreException;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Health;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Wakeups;
import dev.leat.api.store.Wakeups.Wakeup;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Behind a pooler that shares sessions between transactions the store works, and says what it does without. */
@Timeout(120)
class PoolerTest {
    private static final TestDatabase DATABASE = TestDatabase.newest();

    private final PostgresConfig direct = DATABASE.fresh();
    private TransactionPooler pooler;
    private PostgresConfig pooled;

    @BeforeEach
    void start() {
        pooler = new TransactionPooler(DATABASE.server().port());
        pooled = through(pooler);
    }

    private PostgresConfig through(TransactionPooler some) {
        return new PostgresConfig(
                direct.url().replace(":" + DATABASE.server().port() + "/", ":" + some.port() + "/")
                        + "&sslmode=disable&gssEncMode=disable",
                direct.user(),
                direct.password(),
                direct.schema(),
                direct.connections());
    }

    @AfterEach
    void stop() throws Exception {
        pooler.close();
    }

    @Test
    void aPoolerIsToldFromTheServer() throws Exception {
        assertThat(Pooler.isBetween(direct)).isFalse();
        assertThat(Pooler.isBetween(pooled)).isTrue();
    }

    /** Where a session is not free at once, for the next transaction of the same client as little as for another's. */
    @Test
    void aPoolerThatGivesBackLateIsToldToo() throws Exception {
        try (TransactionPooler late = new TransactionPooler(DATABASE.server().port(), Duration.ofMillis(40))) {
            for (int session = 0; session < 3; session++) {
                PlainConnection.to(through(late)).close(); // leaves its session to others
            }
            assertThat(Pooler.isBetween(through(late))).isTrue();
        }
    }

    @Test
    void jobsAreEnqueuedAndRunAndHealthSaysThatOthersAreNotHeard() {
        PostgresStores.open(direct).close();
        try (PostgresStores stores = PostgresStores.open(pooled)) {
            List<NewJob> jobs =
                    LongStream.rangeClosed(1, 600).mapToObj(Jobs::job).toList();
            stores.jobs().enqueue(jobs);
            jobs.subList(0, 20).forEach(job -> stores.jobs().enqueue(List.of(job)));
            int settled = 0;
            for (Claimed claimed = claim(stores); claimed.jobs() > 0; claimed = claim(stores)) {
                for (Lease lease : claimed.leases()) {
                    List<Settlement> all = lease.claims().stream()
                            .map(each -> new Settlement(lease.id(), each.job(), new Outcome.Completed(null)))
                            .toList();
                    assertThat(stores.jobs().settle(all)).allMatch(Settled::accepted);
                    settled += all.size();
                }
            }

            assertThat(settled).isEqualTo(600);
            assertThat(stores.jobs().health().status()).isEqualTo(Health.Status.HEALTHY);
            assertThat(stores.jobs().health().detail()).contains("transaction pooler", "polling alone");
        }
    }

    private static Claimed claim(PostgresStores stores) {
        return stores.jobs().claim(Jobs.claim(100));
    }

    /** Its sessions belong to others as well. */
    @Test
    void nothingIsSetInTheSessionsOfAPooler() throws Exception {
        PostgresStores.open(direct).close();
        try (PostgresStores stores = PostgresStores.open(pooled)) {
            stores.jobs().enqueue(List.of(Jobs.job(1)));
        }
        try (var connection = PlainConnection.to(pooled)) {
            assertThat(TestDatabase.rows(
                            connection, "select current_setting('enable_seqscan'), current_setting('lock_timeout')"))
                    .isEqualTo(List.of(List.of("on", "0")));
            assertThat(TestDatabase.rows(connection, "select name from pg_prepared_statements"))
                    .isEmpty();
        }
    }

    /** One cannot hear through a pooler, but tell. */
    @Test
    void othersAreToldThroughAPooler() throws Exception {
        BlockingQueue<Wakeup> heard = new LinkedBlockingQueue<>();
        try (PostgresStores there = PostgresStores.open(direct);
                PostgresStores here = PostgresStores.open(pooled)) {
            there.jobs().feature(Wakeups.class).orElseThrow().listen(heard::add);
            assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo(Wakeup.ANYWHERE);
            here.jobs().feature(Wakeups.class).orElseThrow().listen(heard::add).close();
            here.jobs().enqueue(List.of(Jobs.job(1)));

            assertThat(heard.poll(20, TimeUnit.SECONDS).lanes()).containsExactly(Jobs.LANE);
        }
    }

    /** Which sets the search path of the session, among others. */
    @Test
    void theSchemaIsNotMadeThroughAPooler() {
        assertThatThrownBy(() -> PostgresStores.open(pooled).close())
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(direct.schema())
                .hasMessageContaining("straight to the server");
    }
}
