package dev.leat.launcher;

import static dev.leat.launcher.Sql.assertNobodyListens;
import static dev.leat.launcher.Sql.query;
import static dev.leat.launcher.Sql.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.launcher.LauncherException.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PostgresServerTest {
    /** What is called "kept" in it serves many tests: making a new one costs ten times as much as starting on it. */
    @TempDir
    static Path temp;

    @Test
    void freshServerIsDurableAndPrivate() throws Exception {
        try (PostgresServer server = PostgresServer.start(at("fresh"))) {
            assertThat(server.reused()).isFalse();
            assertThat(server.url())
                    .isEqualTo("jdbc:postgresql://127.0.0.1:" + server.port() + "/leat?user=leat")
                    .doesNotContain(server.password());
            assertThat(server.toString()).doesNotContain(server.password());
            for (String durable : new String[] {"fsync", "synchronous_commit", "full_page_writes"}) {
                assertThat(query(server, "SHOW " + durable)).as(durable).isEqualTo("on");
            }
            assertThat(query(server, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(query(server, "SHOW unix_socket_directories")).isEmpty();
            assertThat(query(server, "SHOW password_encryption")).isEqualTo("scram-sha-256");
            assertThat(query(server, "SELECT rolpassword FROM pg_authid WHERE rolname = 'leat'"))
                    .startsWith("SCRAM-SHA-256$");
            assertThat(query(
                            server,
                            "SELECT pg_encoding_to_char(encoding) || ' ' || datcollate || ' ' || datctype"
                                    + " FROM pg_database WHERE datname = 'leat'"))
                    .isEqualTo("UTF8 C C");
            assertThat(query(server, "SHOW server_version")).startsWith("18.");
            assertThat(server.version()).startsWith("18.");
            assertThat(mode(server.dataDirectory())).isEqualTo("rwx------");
            assertThat(mode(server.dataDirectory().resolve("data"))).isEqualTo("rwx------");
            assertThat(mode(server.dataDirectory().resolve("password"))).isEqualTo("rw-------");
            assertThat(mode(server.dataDirectory().resolve("log/postgresql.log")))
                    .isEqualTo("rw-------");
            assertThat(server.password()).hasSize(43); // 256 bits in base 64
        }
    }

    @Test
    void everyLocalAuthenticationRuleAsksForThePassword() throws Exception {
        try (PostgresServer server = PostgresServer.start(at("kept"))) {
            assertThat(query(server, "SELECT string_agg(DISTINCT auth_method, ' ') FROM pg_hba_file_rules"))
                    .isEqualTo("scram-sha-256");
            assertThatThrownBy(() -> DriverManager.getConnection(server.url(), server.user(), "wrong"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
        }
    }

    @Test
    void restartKeepsDataPortAndPassword() throws Exception {
        int port;
        String password;
        try (PostgresServer server = PostgresServer.start(at("kept"))) {
            port = server.port();
            password = server.password();
            update(server, "CREATE TABLE answers AS SELECT 42 AS answer");
        }
        assertNobodyListens(port);
        try (PostgresServer server = PostgresServer.start(at("kept"))) {
            assertThat(server.reused()).isFalse();
            assertThat(server.port()).isEqualTo(port);
            assertThat(server.password()).isEqualTo(password);
            assertThat(query(server, "SELECT answer FROM answers")).isEqualTo("42");
        }
    }

    @Test
    void committedDataSurvivesKill() throws Exception {
        try (PostgresServer server = PostgresServer.start(at("kept"))) {
            update(server, "CREATE TABLE survivors AS SELECT generate_series(1, 1000) AS id");
            server.kill();
            assertNobodyListens(server.port());
            server.restart();
            assertThat(query(server, "SELECT count(*) FROM survivors")).isEqualTo("1000");
            assertThat(Files.readString(server.dataDirectory().resolve("log/postgresql.log")))
                    .contains("automatic recovery in progress");

            server.stop();
            assertNobodyListens(server.port());
            server.restart();
            assertThat(query(server, "SELECT count(*) FROM survivors")).isEqualTo("1000");
        }
    }

    @Test
    void oldestSupportedVersionRuns() throws Exception {
        Path oldest = Path.of(System.getProperty("leat.postgres14"));
        try (PostgresServer server = PostgresServer.start(at("oldest").withBinaries(oldest))) {
            assertThat(server.version()).startsWith("14.");
            assertThat(query(server, "SHOW server_version")).startsWith("14.");
            assertThat(query(server, "SHOW fsync")).isEqualTo("on");
        }
        assertRefused(Reason.OTHER_VERSION, () -> PostgresServer.start(at("oldest")));
        try (PostgresServer server = PostgresServer.start(at("oldest").withBinaries(oldest))) {
            assertThat(server.version()).startsWith("14.");
        }
    }

    @Test
    void rejectedSettingIsNamed() {
        assertThatThrownBy(() -> PostgresServer.start(at("kept").withSetting("work_memory", "5MB")))
                .isInstanceOfSatisfying(
                        LauncherException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BAD_SETTING))
                .hasMessageContaining("unrecognized configuration parameter \"work_memory\"");
        assertThatThrownBy(() -> PostgresServer.start(at("kept").withSetting("work_mem", "it's many")))
                .isInstanceOfSatisfying(
                        LauncherException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BAD_SETTING))
                .hasMessageContaining("it's many");
        assertThatThrownBy(() -> at("kept").withSetting("Port", "1")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void settingsReachTheServerAsTheyAre() throws Exception {
        String odd = "a'b\\c \"d\" #e";
        try (PostgresServer server =
                PostgresServer.start(at("kept").withSetting("leat.odd", odd).withSetting("fsync", "off"))) {
            assertThat(query(server, "SHOW leat.odd")).isEqualTo(odd);
            assertThat(query(server, "SHOW fsync")).isEqualTo("off");
        }
    }

    @Test
    void directoryOfAKilledFirstStartIsFinished() throws Exception {
        Path half = Files.createDirectory(temp.resolve("half"));
        Files.createFile(half.resolve(ServerFiles.LOCK_NAME));
        Files.createDirectories(half.resolve("data-unfinished/base"));
        try (PostgresServer server = PostgresServer.start(PostgresServerConfig.at(half))) {
            assertThat(query(server, "SELECT 1")).isEqualTo("1");
            assertThat(half.resolve("data-unfinished")).doesNotExist();
        }
    }

    @Test
    void passwordThatDoesNotFitTheDataIsRefused() throws Exception {
        Path password = temp.resolve("changed/password");
        try (PostgresServer server = PostgresServer.start(at("changed"))) {
            assertThat(server.password()).isEqualTo(Files.readString(password).strip());
        }
        Files.writeString(password, "guessed");
        assertRefused(Reason.PASSWORD_REFUSED, () -> PostgresServer.start(at("changed")));
        Files.delete(password);
        assertRefused(Reason.PASSWORD_REFUSED, () -> PostgresServer.start(at("changed")));
        assertThat(password).doesNotExist();
        assertThat(new ServerProcesses(temp.resolve("changed/data")).all()).isEmpty();
    }

    @Test
    void takenPortIsRefused() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertRefused(
                    Reason.PORT_TAKEN, () -> PostgresServer.start(at("kept").withPort(other.getLocalPort())));
        }
    }

    @Test
    void foreignDirectoryIsLeftAlone() throws IOException {
        Path foreign = Files.createDirectory(temp.resolve("foreign"));
        Files.writeString(foreign.resolve("thesis.txt"), "years of work");
        String before = mode(foreign);

        assertRefused(Reason.DIRECTORY_NOT_OURS, () -> PostgresServer.start(PostgresServerConfig.at(foreign)));

        assertThat(foreign).isDirectoryNotContaining(entry -> !entry.endsWith("thesis.txt"));
        assertThat(mode(foreign)).isEqualTo(before);
    }

    private PostgresServerConfig at(String name) {
        return PostgresServerConfig.at(temp.resolve(name));
    }

    private static void assertRefused(Reason reason, ThrowingCallable start) {
        assertThatThrownBy(start)
                .isInstanceOfSatisfying(
                        LauncherException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
