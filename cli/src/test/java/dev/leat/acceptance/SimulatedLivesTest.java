package dev.leat.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.TenantName;
import dev.leat.launcher.PostgresServer;
import dev.leat.launcher.PostgresServerConfig;
import dev.leat.postgres.PostgresConfig;
import dev.leat.postgres.PostgresStores;
import dev.leat.verify.simulation.Coverage;
import dev.leat.verify.simulation.Run;
import dev.leat.verify.simulation.Simulation;
import dev.leat.verify.simulation.VirtualClock;
import dev.leat.verify.simulation.World;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** The lives that the engine has in memory, on a real server. */
class SimulatedLivesTest {
    /** With {@code -Dlives=200} as many as that, which takes some minutes. */
    private static final int LIVES = Integer.getInteger("lives", 2);

    @TempDir
    private Path home;

    @Test
    void everyPromiseIsKeptOnPostgres(TestReporter reporter) throws SQLException {
        Coverage all = new Coverage();
        try (PostgresServer server = PostgresServer.start(PostgresServerConfig.at(home.resolve("postgres")));
                PostgresStores stores =
                        PostgresStores.open(PostgresConfig.of(server.url(), server.user(), server.password()));
                Connection connection = DriverManager.getConnection(server.url(), server.user(), server.password());
                Statement sql = connection.createStatement()) {
            // A row that the clock reads: a new function for each step would have every connection plan anew.
            sql.execute("""
                create table leat.test_clock as select interval '0' ahead;
                create or replace function leat.now() returns timestamptz language sql stable parallel safe
                as 'select statement_timestamp() + ahead from leat.test_clock'\
                """);
            for (long seed = 1; seed <= LIVES; seed++) {
                long life = seed;
                Run run = Simulation.run(seed, Set.of(), clock -> world(clock, stores, sql, life));
                assertThat(run.complaints()).as("seed " + seed).isEmpty();
                assertThat(run.verdict().completed())
                        .as("completed with seed " + seed)
                        .isPositive();
                all.addAll(run.coverage());
            }
        }
        reporter.publishEntry("transitions", all.transitions().toString());
    }

    /** Tenants of its own, days after the life before it, so that no two lives make the same ids. */
    private static World world(VirtualClock clock, PostgresStores stores, Statement sql, long life) {
        Duration start = Duration.ofDays(life);
        set(sql, start);
        clock.onAdvance(total -> set(sql, start.plus(total)));
        return new World(
                stores.jobs(),
                stores.jobs(),
                stores.control(),
                List.of(new TenantName("one-" + life), new TenantName("two-" + life)));
    }

    private static void set(Statement sql, Duration ahead) {
        try {
            sql.execute("update leat.test_clock set ahead = %d * interval '1 microsecond'"
                    .formatted(TimeUnit.MICROSECONDS.convert(ahead)));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
