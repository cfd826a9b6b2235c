package dev.leat.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.leat.api.InvalidValueException;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.store.Capabilities.Durability;
import dev.leat.api.store.Health;
import dev.leat.postgres.Diagnosis.Finding;
import dev.leat.postgres.Diagnosis.Severity;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is wrong with a database is found, and the fix that is named mends it. */
@Timeout(40)
class DoctorTest {
    private static final TestDatabase DATABASE =
            TestDatabase.own(server -> server.withSetting("max_prepared_transactions", "2"));

    /** For those who have no five minutes. */
    private static final PostgresDoctor.Limits NONE =
            new PostgresDoctor.Limits(Duration.ZERO, Duration.ofHours(1), 0, 0, 0);

    private final PostgresConfig config = DATABASE.fresh();

    /** A fix gives the role a setting of its own. */
    @AfterEach
    void resetRole() {
        DATABASE.execute("alter role leat reset synchronous_commit");
    }

    @Test
    void aSoundDatabaseIsSaidToBeSound() {
        assertThat(finding("SCHEMA_MISSING").severity()).isEqualTo(Severity.WARNING);
        try (PostgresStores stores = PostgresStores.open(config)) {
            stores.jobs().enqueue(List.of(Jobs.job(1)));

            Diagnosis diagnosis = PostgresDoctor.examine(config);

            assertThat(diagnosis.hasErrors()).isFalse();
            assertThat(diagnosis.findings()).extracting(Finding::code).contains("VERSION", "SCHEMA", "DURABILITY");
            assertThat(diagnosis.findings()).noneMatch(each -> each.severity() != Severity.OK);
            assertThat(diagnosis.tables())
                    .extracting(Diagnosis.Table::name)
                    .contains("job", "ready", "lease", "done", "control");
        }
    }

    /** Each as the only one that is off; the fix is carried out. */
    @ParameterizedTest
    @CsvSource({
        "fsync, FSYNC_OFF",
        "full_page_writes, FULL_PAGE_WRITES_OFF",
        "autovacuum, AUTOVACUUM_OFF",
        "track_counts, TRACK_COUNTS_OFF",
        "synchronous_commit, SYNCHRONOUS_COMMIT_OFF"
    })
    void aSettingThatIsOffIsNamedWithItsFix(String setting, String code) {
        boolean ofRole = setting.equals("synchronous_commit");
        DATABASE.execute((ofRole ? "alter role leat" : "alter system") + " set " + setting + " = off");
        DATABASE.execute("select pg_reload_conf()");
        await().until(() -> found(code).isPresent());
        Finding off = finding(code);

        assertThat(off.severity()).isEqualTo(Severity.ERROR);
        assertThat(off.sentence()).contains(setting + " is off");
        for (String sql : off.fix().split(";", -1)) {
            if (!sql.isBlank()) {
                DATABASE.execute(sql);
            }
        }
        await().until(() -> found(code).isEmpty());
    }

    /** Before anything is made. Whoever says that D1 is enough gets it, and is told so. */
    @ParameterizedTest
    @CsvSource({"fsync", "full_page_writes", "synchronous_commit"})
    void aServerThatIsLessDurableThanRequiredIsRefused(String setting) {
        DATABASE.execute("alter system set " + setting + " = off");
        DATABASE.execute("select pg_reload_conf()");
        try {
            await().until(() -> found(setting.toUpperCase(Locale.ROOT) + "_OFF").isPresent());

            assertThatThrownBy(() -> PostgresStores.open(config).close())
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.effect()).isEqualTo(Effect.NONE))
                    .hasMessageContaining(setting + " off")
                    .hasMessageContaining("set " + setting + " = on")
                    .hasMessageContaining("store.durability: d1");
            assertThat(DATABASE.number("select count(*) from pg_namespace where nspname = '" + config.schema() + "'"))
                    .isZero();
            try (PostgresStores stores = PostgresStores.open(config.withDurability(Durability.D1))) {
                assertThat(stores.jobs().capabilities().durability()).isEqualTo(Durability.D1);
                assertThat(stores.jobs().health().status()).isEqualTo(Health.Status.DEGRADED);
                assertThat(stores.jobs().health().detail()).contains(setting);
            }
            assertThat(PostgresDoctor.examine(config.withDurability(Durability.D1))
                            .hasErrors())
                    .isFalse();
        } finally {
            DATABASE.execute("alter system reset " + setting);
            DATABASE.execute("select pg_reload_conf()");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"D0", "D3"})
    void aClassThatSettingsDoNotGiveIsRefused(Durability durability) {
        assertThatThrownBy(() -> config.withDurability(durability))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("durability is " + durability)
                .hasMessageContaining("D1 or D2");
    }

    @Test
    void whoWaitsAndForWhomIsNamed() throws Exception {
        PostgresStores.open(config).close();
        try (ExecutorService threads = Executors.newSingleThreadExecutor();
                Connection waiting = named("waiter");
                Connection blocking = named("blocker")) {
            execute(blocking, "begin; lock table " + config.schema() + ".job in access exclusive mode");
            threads.execute(() -> {
                try {
                    execute(waiting, "select count(*) from " + config.schema() + ".job");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            await().until(() -> found("LOCK_WAIT").isPresent());

            Finding wait = finding("LOCK_WAIT");
            assertThat(wait.sentence()).contains("(waiter)", "(blocker, idle in transaction)");
            DATABASE.rows(wait.fix().replace(";", ""));
            await().until(() -> found("LOCK_WAIT").isEmpty());
        }
    }

    @Test
    void whatHoldsVacuumBackIsNamed() throws Exception {
        PostgresStores.open(config).close();
        try (Connection reader = named("reader")) {
            execute(reader, "begin isolation level repeatable read; select 1 from " + config.schema() + ".job");
            Finding session = finding("OLD_SNAPSHOT", NONE);
            assertThat(session.sentence()).contains("(reader, idle in transaction: ", "has held a snapshot for ");
            DATABASE.rows(session.fix().replace(";", ""));
            await().until(() -> found("OLD_SNAPSHOT", NONE).isEmpty());
        }

        DATABASE.execute("begin; create table kept(n int); prepare transaction 'it''s'");
        Finding prepared = finding("OLD_PREPARED_TRANSACTION", NONE);
        assertThat(prepared.sentence()).contains("'it''s'");
        DATABASE.execute(prepared.fix());
        assertThat(found("OLD_PREPARED_TRANSACTION", NONE)).isEmpty();

        DATABASE.rows("select pg_create_physical_replication_slot('gone', true)");
        Finding slot = finding("REPLICATION_SLOT", NONE);
        assertThat(slot.sentence()).contains("'gone' (physical, inactive)");
        DATABASE.rows(slot.fix().replaceFirst(".*, or: ", "").replace(";", ""));
        assertThat(found("REPLICATION_SLOT", NONE)).isEmpty();

        DATABASE.execute("alter table " + config.schema() + ".control set (autovacuum_enabled = off)");
        DATABASE.execute(
                "insert into " + config.schema() + ".control select 's', n::text, 1, '' from generate_series(1, 99) n");
        // Else the session tells of it only once it has been idle for 10 s.
        DATABASE.execute("select pg_stat_force_next_flush(); delete from " + config.schema() + ".control");
        await().until(() -> found("DEAD_ROWS", NONE).isPresent());
        Finding dead = finding("DEAD_ROWS", NONE);
        assertThat(dead.sentence()).contains("table control has 99 dead rows beside 0 live ones");
        DATABASE.execute(dead.fix().replaceFirst(".*then: ", ""));
        await().until(() -> found("DEAD_ROWS", NONE).isEmpty());
        assertThat(PostgresDoctor.examine(config).findings()).noneMatch(each -> each.severity() != Severity.OK);
    }

    /** It examines what it may, and says what it may not see. */
    @Test
    void aRoleWithoutRightsIsEnough() {
        PostgresStores.open(config).close();
        DATABASE.execute("create role humble login password 'secret'; grant usage on schema %1$s to humble;"
                        .formatted(config.schema())
                + "grant select on all tables in schema %1$s to humble".formatted(config.schema()));
        PostgresConfig humble = new PostgresConfig(
                config.url().replace("user=" + config.user(), "user=humble"), "humble", "secret", config.schema(), 2);

        Diagnosis diagnosis = PostgresDoctor.examine(humble);

        assertThat(diagnosis.hasErrors()).isFalse();
        assertThat(diagnosis.findings()).extracting(Finding::code).contains("NOT_MONITOR", "SCHEMA");
    }

    private Optional<Finding> found(String code) {
        return found(code, PostgresDoctor.Limits.USUAL);
    }

    private Optional<Finding> found(String code, PostgresDoctor.Limits limits) {
        return PostgresDoctor.examine(config, limits).findings().stream()
                .filter(each -> each.code().equals(code))
                .findFirst();
    }

    private Finding finding(String code) {
        return found(code).orElseThrow();
    }

    private Finding finding(String code, PostgresDoctor.Limits limits) {
        return found(code, limits).orElseThrow();
    }

    private static Connection named(String application) throws SQLException {
        return DATABASE.connect(DATABASE.server().url() + "&ApplicationName=" + application);
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
