package dev.leat.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leat.api.JobId;
import dev.leat.api.TenantName;
import dev.leat.api.store.Due;
import dev.leat.api.store.Health;
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
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;

/** Stores on one schema tell each other of their jobs, whatever happens to the connections. */
@Timeout(120)
class WakeupsTest {
    private static final TestDatabase DATABASE = TestDatabase.own();
    private static final int KILLS = 20;
    private static final AtomicLong IDS = new AtomicLong(1);

    private final BlockingQueue<Wakeup> heard = new LinkedBlockingQueue<>();
    private PostgresConfig config;
    private PostgresStores here;
    private PostgresStores there;
    private Listening listening;

    @BeforeEach
    void open() throws Exception {
        config = DATABASE.fresh().withConnections(3);
        here = PostgresStores.open(config);
        there = PostgresStores.open(config);
        listening = wakeups(there).listen(heard::add);
        assertThat(next()).isEqualTo(Wakeup.ANYWHERE);
    }

    @AfterEach
    void close() {
        here.close();
        there.close();
        assertThat(Thread.getAllStackTraces().keySet().stream().map(Thread::getName))
                .noneMatch(name -> name.startsWith("leat-wakeup"));
        await().until(() ->
                DATABASE.number("select count(*) from pg_stat_activity where application_name like 'leat%'") == 0);
    }

    @Test
    void whatIsEnqueuedHereIsHeardOfThere() throws Exception {
        here.jobs().enqueue(List.of(job(Due.now())));

        assertThat(next()).isEqualTo(new Wakeup(Set.of(Jobs.LANE)));
    }

    @Test
    void manyCallsAreFewNotifications() throws Exception {
        for (int i = 0; i < 200; i++) {
            here.jobs().enqueue(List.of(job(Due.now())));
        }
        here.close();

        assertThat(next().lanes()).containsExactly(Jobs.LANE);
        // Other lanes come in a notification of their own, and it is the last one.
        notice("");
        int wakeups = 1;
        while (!next().isAnywhere()) {
            wakeups++;
        }
        assertThat(wakeups).isLessThan(200);
    }

    @Test
    void whatBecomesAvailableHereIsHeardOfThere() throws Exception {
        JobStore jobs = here.jobs();
        NewJob soon = job(Due.after(Duration.ofMillis(1)));
        jobs.enqueue(List.of(soon));
        await().until(() -> jobs.promote(10).total() == 1);
        assertThat(next().lanes()).containsExactly(Jobs.LANE);

        Operate operate = jobs.feature(Operate.class).orElseThrow();
        operate.cancel(TenantName.MAIN, List.of(soon.id()));
        operate.retry(TenantName.MAIN, List.of(soon.id()));
        assertThat(next().lanes()).containsExactly(Jobs.LANE);

        Lease lease = jobs.claim(Jobs.claim(1)).leases().getFirst();
        jobs.settle(List.of(new Settlement(lease.id(), soon.id(), new Outcome.Release())));
        assertThat(next().isAnywhere()).isTrue();

        Lease again = jobs.claim(Jobs.claim(1)).leases().getFirst();
        jobs.renew(List.of(again.id()), Duration.ofMillis(100));
        await().until(() -> jobs.reclaim(10).total() == 1);
        assertThat(next().lanes()).containsExactly(Jobs.LANE);
    }

    /** What waits is no reason to wake anybody. */
    @Test
    void nobodyIsToldOfWhatWaits() throws Exception {
        here.jobs().enqueue(List.of(job(Due.after(Duration.ofHours(1)))));
        here.jobs().enqueue(List.of(job(Due.now())));
        assertThat(next().lanes()).containsExactly(Jobs.LANE);
        notice("");

        assertThat(next()).isEqualTo(Wakeup.ANYWHERE);
        assertThat(heard).isEmpty();
    }

    /** By a call, and not a second time by the database, whose notifications keep their order. */
    @Test
    void allWhoListenHereAreToldOnceOfWhatIsEnqueuedHere() throws Exception {
        List<BlockingQueue<Wakeup>> both = List.of(new LinkedBlockingQueue<>(), new LinkedBlockingQueue<>());
        for (BlockingQueue<Wakeup> each : both) {
            wakeups(here).listen(each::add);
            assertThat(each.poll(20, TimeUnit.SECONDS)).isEqualTo(Wakeup.ANYWHERE);
        }
        here.jobs().enqueue(List.of(job(Due.now())));
        assertThat(both).allSatisfy(each -> assertThat(each).containsExactly(new Wakeup(Set.of(Jobs.LANE))));
        wakeups(here).committed();
        assertThat(both)
                .allSatisfy(each -> assertThat(each).endsWith(Wakeup.ANYWHERE).hasSize(2));
        await().until(() -> heard.contains(Wakeup.ANYWHERE));

        notice("2147483647,2147483646");
        await().until(() -> both.stream().allMatch(each -> each.size() >= 3));
        assertThat(both).allSatisfy(each -> assertThat(each).hasSize(3));
    }

    @Test
    void aListenerThatFailsHarmsNobodyWhoEnqueues() throws Exception {
        wakeups(here).listen(wakeup -> {
            throw new IllegalStateException("a defect");
        });
        here.jobs().enqueue(List.of(job(Due.now())));

        assertThat(next().lanes()).containsExactly(Jobs.LANE);
    }

    /** They are many, and if they counted some would be chosen by lot. */
    @Test
    void whoListensToAnotherSchemaIsNoneOfThoseWhoAreChosen() throws Exception {
        try (PostgresStores other = PostgresStores.open(DATABASE.fresh().withConnections(3));
                Connection raw = DATABASE.connect();
                var statement = raw.createStatement()) {
            BlockingQueue<Wakeup> others = new LinkedBlockingQueue<>();
            for (int i = 0; i < 12; i++) {
                wakeups(other).listen(others::add);
                assertThat(others.poll(20, TimeUnit.SECONDS)).isEqualTo(Wakeup.ANYWHERE);
            }
            statement.execute("listen \"" + channel() + "\"");
            here.jobs().enqueue(List.of(job(Due.now())));

            var notifications = raw.unwrap(PGConnection.class).getNotifications(20_000);
            assertThat(notifications[0].getParameter()).matches("[0-9]+");
        }
    }

    /** Where nobody works, whoever enqueues has its steps added up, also when it has long been silent. */
    @Test
    void whoOnlyEnqueuesLeavesNoStepsBehind() throws Exception {
        for (int i = 0; i < 5; i++) {
            here.jobs().enqueue(List.of(job(Due.now())));
        }
        await().until(() -> counted("step") == 0);
        try (Connection connection = DATABASE.connect()) {
            connection.setAutoCommit(false);
            here.jobs().feature(Transactional.class).orElseThrow().enqueue(connection, List.of(job(Due.now())));
            connection.commit();
        }
        await().atMost(Duration.ofMinutes(1)).until(() -> counted("total") == 6);
    }

    /** Also while the thread that does it has always something to tell. */
    @Test
    void whoEnqueuesAllTheTimeLeavesFewStepsBehind() {
        await().pollInterval(Duration.ofMillis(1)).until(() -> {
            here.jobs().enqueue(List.of(job(Due.now())));
            return counted("total") > 0;
        });
    }

    private long counted(String table) {
        return DATABASE.number("select coalesce(sum(jobs), 0) from " + config.schema() + "." + table);
    }

    @Test
    void aCallersTransactionIsToldOfWhenItIsSaid() throws Exception {
        Transactional transactional = here.jobs().feature(Transactional.class).orElseThrow();
        try (Connection connection = DATABASE.connect()) {
            connection.setAutoCommit(false);
            transactional.enqueue(connection, List.of(job(Due.now())));
            connection.commit();
        }
        wakeups(here).committed();

        assertThat(next()).isEqualTo(Wakeup.ANYWHERE);
        assertThat(there.jobs().claim(Jobs.claim(1)).jobs()).isEqualTo(1);
    }

    @Test
    void nobodyListensAfterTheEnd() throws Exception {
        listening.close();
        listening.close();
        notice("");
        BlockingQueue<Wakeup> others = new LinkedBlockingQueue<>();
        try (Listening other = wakeups(here).listen(others::add)) {
            assertThat(others.poll(20, TimeUnit.SECONDS)).isEqualTo(Wakeup.ANYWHERE);
            notice("");
            assertThat(others.poll(20, TimeUnit.SECONDS)).isEqualTo(Wakeup.ANYWHERE);
        }

        assertThat(heard).isEmpty();
    }

    /** Anybody who may connect may notify. */
    @Test
    void whatOthersWriteIntoTheChannelHarmsNobody() throws Exception {
        for (String text : List.of("2147483647", "'; drop table job; --", "1,1,1,1", "\u2028", "9".repeat(7_000))) {
            notice(text);
            assertThat(next().isAnywhere()).as(text).isTrue();
        }
        here.jobs().enqueue(List.of(job(Due.now())));

        assertThat(next().lanes()).containsExactly(Jobs.LANE);
    }

    @Test
    void theNameOfAQueueIsNotInIt() throws Exception {
        try (Connection connection = DATABASE.connect();
                var statement = connection.createStatement()) {
            statement.execute("set application_name = '" + channel().replace("leat_", "leat-wakeups ") + "'; listen \""
                    + channel() + "\"");
            here.jobs().enqueue(List.of(job(Due.now())));

            var notifications = connection.unwrap(PGConnection.class).getNotifications(20_000);
            assertThat(notifications[0].getParameter()).matches("[0-9]+");
        }
    }

    /** Those who are not among the chosen look a moment later. */
    @Test
    void ofManyWhoListenAllHear() throws Exception {
        List<Listening> many = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            many.add(wakeups(there).listen(heard::add));
            assertThat(next()).isEqualTo(Wakeup.ANYWHERE);
        }
        here.jobs().enqueue(List.of(job(Due.now())));

        for (int i = 0; i < 13; i++) {
            assertThat(next().lanes()).containsExactly(Jobs.LANE);
        }
        many.forEach(Listening::close);
    }

    /** After each kill there is a wake-up for what may have been missed, and then they hear again. */
    @Test
    void whoIsCutOffListensAgain() throws Exception {
        for (int kill = 0; kill < KILLS; kill++) {
            assertThat(DATABASE.rows("select pg_terminate_backend(pid, 10000) from pg_stat_activity"
                            + " where application_name like 'leat-wakeups%'"))
                    .isEqualTo(List.of(List.of("t")));
            assertThat(next()).isEqualTo(Wakeup.ANYWHERE);
            here.jobs().enqueue(List.of(job(Due.now())));
            assertThat(next().lanes()).containsExactly(Jobs.LANE);
        }
        assertThat(there.jobs().health().status()).isEqualTo(Health.Status.HEALTHY);
    }

    /** The sender's connection too, of which it learns only when it sends. */
    @Test
    void whoIsCutOffTellsAgain() throws Exception {
        here.jobs().enqueue(List.of(job(Due.now())));
        assertThat(next().lanes()).containsExactly(Jobs.LANE);
        DATABASE.rows("select pg_terminate_backend(pid, 10000) from pg_stat_activity where query like '%pg_notify%'"
                + " and pid <> pg_backend_pid()");
        here.jobs().enqueue(List.of(job(Due.now())));

        assertThat(next()).isEqualTo(Wakeup.ANYWHERE);
    }

    @Test
    void aServerThatIsStartedAgainIsListenedToAgain() throws Exception {
        DATABASE.server().stop();
        await().until(() -> there.jobs().health().status() == Health.Status.UNHEALTHY);
        DATABASE.server().restart();

        assertThat(next()).isEqualTo(Wakeup.ANYWHERE);
        here.jobs().enqueue(List.of(job(Due.now())));
        assertThat(next().lanes()).containsExactly(Jobs.LANE);
    }

    /** Only the listening is in trouble, so jobs run, and health says what is wrong. */
    @Test
    void whoCannotListenSaysSo() {
        try (PostgresStores limited = PostgresStores.open(role("listless"))) {
            DATABASE.execute("alter role listless connection limit 1");
            Listening deaf = wakeups(limited).listen(wakeup -> {});

            await().until(() -> limited.jobs().health().status() == Health.Status.DEGRADED);
            assertThat(limited.jobs().health().detail()).contains("polling alone", "too many connections");

            DATABASE.execute("alter role listless connection limit -1");
            await().until(() -> limited.jobs().health().status() == Health.Status.HEALTHY);
            deaf.close();
        }
    }

    private PostgresConfig role(String name) {
        DATABASE.execute("""
            create role %2$s login password 'secret';
            grant usage on schema %1$s to %2$s;
            grant select, insert, update, delete on all tables in schema %1$s to %2$s;
            grant usage on all sequences in schema %1$s to %2$s\
            """.formatted(config.schema(), name));
        return new PostgresConfig(
                config.url().replace("user=" + config.user(), "user=" + name), name, "secret", config.schema(), 2);
    }

    /** A role that may see nothing of others still sees that they listen. */
    @Test
    void aRoleWithoutRightsTellsOthers() throws Exception {
        try (PostgresStores least = PostgresStores.open(role("humble"))) {
            least.jobs().enqueue(List.of(job(Due.now())));

            assertThat(next().lanes()).containsExactly(Jobs.LANE);
        }
    }

    private Wakeup next() throws InterruptedException {
        Wakeup wakeup = heard.poll(20, TimeUnit.SECONDS);
        assertThat(wakeup).as("a wake-up").isNotNull();
        return wakeup;
    }

    private static Wakeups wakeups(PostgresStores stores) {
        return stores.jobs().feature(Wakeups.class).orElseThrow();
    }

    private String channel() {
        return "leat_"
                + DATABASE.rows("select id from " + config.schema() + ".instance")
                        .getFirst()
                        .getFirst();
    }

    private void notice(String text) {
        DATABASE.rows("select pg_notify('%s', '%s')".formatted(channel(), text.replace("'", "''")));
    }

    private static NewJob job(Due due) {
        NewJob like = Jobs.job(2 * IDS.getAndIncrement());
        return new NewJob(
                new JobId(like.id().value()),
                like.nonce(),
                Jobs.LANE,
                like.payload(),
                like.priority(),
                like.maxAttempts(),
                due);
    }
}
