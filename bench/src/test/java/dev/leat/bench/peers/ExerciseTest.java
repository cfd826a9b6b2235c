package dev.leat.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.launcher.PostgresServer;
import dev.leat.launcher.PostgresServerConfig;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExerciseTest {
    @TempDir
    private static Path home;

    private static PostgresServer server;

    @BeforeAll
    static void start() {
        server = PostgresServer.start(PostgresServerConfig.at(home.resolve("postgres")));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({"leat, true", "db-scheduler, false", "jobrunr, true"})
    void everyJobRunsOnceAndIsCounted(String name, boolean keepsHistory) throws Exception {
        try (JobSystem system = PeerProgram.system(name, database("of_" + name.replace('-', '_')))) {
            Exercise exercise = new Exercise(system);
            exercise.install();
            exercise.bulk(30, 20);
            exercise.single(20, 4);

            Exercise.Ended drained = exercise.drain(50);

            assertThat(drained.ran()).isEqualTo(50);
            assertThat(drained.again()).isZero();
            assertThat(drained.kept()).isEqualTo(keepsHistory ? 50L : null);
            assertThat(drained.nanos()).isPositive();
        }
    }

    private static Database database(String name) throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.url(), server.user(), server.password());
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        }
        return new Database(server.url().replace("/leat?", "/" + name + "?"), server.user(), server.password());
    }
}
