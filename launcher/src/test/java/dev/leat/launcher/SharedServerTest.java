package dev.leat.launcher;

import static dev.leat.launcher.Sql.assertNobodyListens;
import static dev.leat.launcher.Sql.query;
import static dev.leat.launcher.Sql.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.launcher.ChildJvm.Started;
import dev.leat.launcher.LauncherException.Reason;
import dev.leat.launcher.ServerProcesses.Postmaster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who starts, who joins and who stops, between objects and JVMs on one directory. */
final class SharedServerTest {
    /** Kept over the tests: making a new one costs ten times as much as starting on it. */
    @TempDir
    static Path temp;

    @AfterEach
    void nothingIsLeftRunning() throws IOException {
        List<Long> left = processes().all();
        processes().killAll(Deadline.in(Duration.ofSeconds(10)));
        assertThat(left).isEmpty();
    }

    @Test
    void serverOfAKilledJvmIsFoundAndReused() throws Exception {
        try (ChildJvm child = ChildJvm.on(config())) {
            Started started = child.started();
            assertThat(started.reused()).isFalse();
            child.kill();

            Postmaster survivor = processes().postmaster().orElseThrow();
            try (PostgresServer server = PostgresServer.start(config())) {
                assertThat(server.reused()).isTrue();
                assertThat(server.port()).isEqualTo(started.port());
                assertThat(processes().postmaster()).hasValue(survivor);
                assertThat(query(server, "SELECT 1")).isEqualTo("1");
            }
            assertThat(processes().all()).isEmpty();
        }
    }

    @Test
    void lastOfTwoJvmsStopsTheServer() throws Exception {
        try (ChildJvm child = ChildJvm.on(config())) {
            Started started = child.started();
            try (PostgresServer second = PostgresServer.start(config())) {
                assertThat(second.reused()).isTrue();
                child.end();
                assertThat(query(second, "SELECT 1"))
                        .as("after the JVM that started it ended")
                        .isEqualTo("1");
            }
            assertNobodyListens(started.port());
        }
    }

    @Test
    void closingUnderAnotherJvmLeavesTheServerAlone() throws Exception {
        PostgresServer first = PostgresServer.start(config());
        try (ChildJvm child = ChildJvm.on(config())) {
            assertThat(child.started()).isEqualTo(new Started(first.port(), true));
            first.close();
            assertThat(processes().postmaster()).isPresent();
            child.terminate();
            assertThat(processes().all()).as("after SIGTERM to the last user").isEmpty();
        }
    }

    @Test
    void serverStopsWhenItsJvmEnds() throws Exception {
        try (ChildJvm child = ChildJvm.on(config())) {
            int port = child.started().port();
            child.end();
            assertNobodyListens(port);
        }
    }

    @Test
    void firstStartsAtTheSameMomentMakeOneServer(@TempDir Path absent) throws Exception {
        PostgresServerConfig config = PostgresServerConfig.at(absent.resolve("made/by/them"));
        ServerProcesses processes = new ServerProcesses(config.dataDirectory().resolve("data"));
        List<ChildJvm> children = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                children.add(ChildJvm.on(config));
            }
            List<Started> all = new ArrayList<>();
            for (ChildJvm child : children) {
                all.add(child.started());
            }
            assertThat(all)
                    .extracting(Started::port)
                    .containsOnly(all.getFirst().port());
            assertThat(all).extracting(Started::reused).containsExactlyInAnyOrder(false, true, true);
            for (ChildJvm child : children) {
                assertThat(processes.postmaster()).isPresent();
                child.end();
            }
            assertThat(processes.all()).isEmpty();
        } finally {
            for (ChildJvm child : children) {
                child.close();
            }
        }
    }

    @Test
    void lastOfTwoObjectsInOneJvmStopsTheServer() throws Exception {
        PostgresServer first = PostgresServer.start(config());
        PostgresServer second = PostgresServer.start(config());
        assertThat(second.reused()).isTrue();
        first.close();
        first.close();
        assertThat(query(second, "SELECT 1")).isEqualTo("1");
        assertThatThrownBy(first::restart).isInstanceOf(IllegalStateException.class);
        second.close();
        assertThat(processes().all()).isEmpty();
    }

    @Test
    void othersAreNotDisturbedByAContradictingWish() throws Exception {
        try (PostgresServer server = PostgresServer.start(config())) {
            assertRefused(Reason.IN_USE, config().withSetting("work_mem", "5MB"));
            assertRefused(Reason.IN_USE, config().withPort(server.port() == 40_000 ? 40_001 : 40_000));
            assertThat(query(server, "SELECT 1")).isEqualTo("1");
            try (ChildJvm child = ChildJvm.on(config())) {
                child.started();
                server.close();
                assertRefused(Reason.IN_USE, config().withSetting("work_mem", "5MB"));
            }
        }
        try (PostgresServer alone = PostgresServer.start(config().withSetting("work_mem", "5MB"))) {
            assertThat(alone.reused()).as("a server nobody uses is replaced").isFalse();
            assertThat(query(alone, "SHOW work_mem")).isEqualTo("5MB");
        }
    }

    @Test
    void numberOfALiveStrangerInThePidFileDoesNotPreventAStart() throws Exception {
        PostgresServer.start(config()).close();
        Process stranger = new ProcessBuilder("tail", "-f", "/dev/null").start();
        Files.writeString(
                data().resolve("postmaster.pid"),
                stranger.pid() + "\n" + data() + "\n1700000000\n5432\n\n127.0.0.1\n  5316972         8\nready   \n");
        try (PostgresServer server = PostgresServer.start(config())) {
            assertThat(server.reused()).isFalse();
            assertThat(query(server, "SELECT 1")).isEqualTo("1");
            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void orphansOfADeadServerAreEndedBeforeTheNextStart() throws Exception {
        try (PostgresServer server = PostgresServer.start(config());
                Connection connection = Sql.connect(server)) {
            update(server, "CREATE TABLE kept AS SELECT 42 AS answer");
            long backend;
            try (ResultSet row = connection.createStatement().executeQuery("SELECT pg_backend_pid()")) {
                row.next();
                backend = row.getLong(1);
            }
            long postmaster = processes().postmaster().orElseThrow().pid();
            signal("STOP", backend); // so that it cannot notice that its parent died
            signal("KILL", postmaster);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> processes().all(), List.of(backend)::equals);

            server.restart();
            assertThat(processes().all()).isNotEmpty().doesNotContain(backend, postmaster);
            assertThat(query(server, "SELECT answer FROM kept")).isEqualTo("42");
        }
    }

    @Test
    void aWatchedServerThatDiesIsThereAgain() throws Exception {
        try (PostgresServer server = PostgresServer.start(config());
                PostgresWatch _ = server.watch()) {
            update(server, "CREATE TABLE watched AS SELECT 42 AS answer");
            for (int death = 0; death < 2; death++) {
                long dead = processes().postmaster().orElseThrow().pid();
                signal("KILL", dead);
                Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> answers(server));
                assertThat(processes().postmaster().orElseThrow().pid()).isNotEqualTo(dead);
                assertThat(query(server, "SELECT answer FROM watched")).isEqualTo("42");
            }
        }
        assertThat(processes().all()).isEmpty();
    }

    private static boolean answers(PostgresServer server) {
        try {
            return query(server, "SELECT 1").equals("1");
        } catch (SQLException e) {
            return false;
        }
    }

    @Test
    void oneOfSeveralWatchersStartsTheServerAndNoneStopsIt() throws Exception {
        try (ChildJvm child = ChildJvm.watching(config());
                PostgresServer server = PostgresServer.start(config());
                PostgresWatch _ = server.watch();
                PostgresWatch _ = server.watch()) {
            child.started();
            long before = Files.size(temp.resolve("shared/log/postgresql.log"));
            signal("KILL", processes().postmaster().orElseThrow().pid());
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> answers(server));
            long again = processes().postmaster().orElseThrow().pid();
            child.end();
            assertThat(processes().postmaster().orElseThrow().pid()).isEqualTo(again);
            String log =
                    Files.readString(temp.resolve("shared/log/postgresql.log")).substring((int) before);
            assertThat(log.split("starting PostgreSQL", -1)).as(log).hasSize(2);
        }
    }

    @Test
    void aServerWhoseUserHasLeftIsNotStartedAgain() throws Exception {
        PostgresServer server = PostgresServer.start(config());
        PostgresWatch watch = server.watch();
        server.close();
        watch.close();
        assertThat(processes().all()).isEmpty();
        assertThatThrownBy(server::watch).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void noEmptyServerTakesThePlaceOfOneWhoseDataIsGone() throws Exception {
        Path away = data().resolveSibling("away");
        SharedServer shared = SharedServer.of(ServerFiles.open(temp.resolve("shared")));
        try (PostgresServer server = PostgresServer.start(config())) {
            server.kill();
            Files.move(data(), away);
            assertThatThrownBy(() -> shared.revive(server.wish()))
                    .isInstanceOf(LauncherException.class)
                    .hasMessageContaining("is gone");
            Files.move(away, data());
            assertThat(shared.revive(server.wish())).isTrue();
            assertThat(shared.revive(server.wish())).isFalse();
        } finally {
            shared.release();
        }
    }

    /** It could go on for a minute, and take what is lost with it. */
    @Test
    void aServerWhoseDataIsRemovedWhileItRunsIsEnded() throws Exception {
        try (PostgresServer server = PostgresServer.start(config());
                PostgresWatch watch = server.watch()) {
            List<Long> running = processes().all();
            assertThat(running).isNotEmpty();
            PrivateFiles.deleteTree(data());
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> running.stream().noneMatch(processes()::isAlive));
        }
    }

    @Test
    void strangersInTheDataDirectoryAreNotEnded() throws Exception {
        PostgresServer.start(config()).close();
        Process shell = new ProcessBuilder("tail", "-f", "/dev/null")
                .directory(data().toFile())
                .start();
        try {
            PostgresServer server = PostgresServer.start(config());
            server.kill();
            server.close();
            assertThat(shell.isAlive()).isTrue();
        } finally {
            shell.destroyForcibly();
        }
    }

    @Test
    void serverInAnotherContainerIsNotJoinedByASecondOne() throws Exception {
        try (ChildJvm child = ChildJvm.on(config())) {
            int port = child.started().port();
            // What we would see if both were in another container: its lock, and no process.
            assertThat(processes().killAll(Deadline.in(Duration.ofSeconds(10)))).isTrue();
            Files.writeString(temp.resolve("shared/last-start"), port + "\npid:[1]\n");
            assertRefused(Reason.IN_USE, config());
            assertThat(processes().all()).isEmpty();
        }
        PostgresServer.start(config()).close();
    }

    @Test
    void signalsToTheTerminalOfItsJvmDoNotReachTheServer() throws Exception {
        try (PostgresServer server = PostgresServer.start(config())) {
            assertThat(server.reused()).isFalse();
            long pid = processes().postmaster().orElseThrow().pid();
            // pid (program) state parent group session ...
            String status = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] afterName = status.substring(status.lastIndexOf(')') + 2).split(" ", -1);
            assertThat(List.of(afterName).subList(2, 4)).containsOnly(Long.toString(pid));
        }
    }

    @Test
    void longLogIsSetAside() throws Exception {
        Path log = temp.resolve("shared/log/postgresql.log");
        PostgresServer.start(config()).close();
        Files.write(log, new byte[(8 << 20) + 1]);
        PostgresServer.start(config()).close();
        assertThat(log).isNotEmptyFile();
        assertThat(Files.size(log)).isLessThan(100_000);
        assertThat(log.resolveSibling("postgresql.log.1")).hasSize((8 << 20) + 1);
    }

    @Test
    void anotherPortIsTakenWhenTheKeptOneIsNotFree() throws Exception {
        PostgresServer first = PostgresServer.start(config());
        int port = first.port();
        first.close();
        try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                PostgresServer server = PostgresServer.start(config())) {
            assertThat(server.port()).isNotEqualTo(other.getLocalPort());
            assertThat(query(server, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void interruptedThreadStillStopsTheServer() throws Exception {
        PostgresServer server = PostgresServer.start(config());
        Thread.currentThread().interrupt();
        server.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(processes().all()).isEmpty();
    }

    @Test
    void interruptedStartLeavesNothingRunning(@TempDir Path absent) throws Exception {
        for (PostgresServerConfig config : List.of(config(), PostgresServerConfig.at(absent.resolve("new")))) {
            Thread.currentThread().interrupt();
            assertRefused(Reason.INTERRUPTED, config);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(new ServerProcesses(config.dataDirectory().resolve("data")).all())
                    .isEmpty();
            PostgresServer.start(config).close();
        }
    }

    private PostgresServerConfig config() {
        return PostgresServerConfig.at(temp.resolve("shared"));
    }

    private Path data() {
        return temp.resolve("shared").resolve("data");
    }

    private ServerProcesses processes() {
        return new ServerProcesses(data());
    }

    private static void signal(String name, long pid) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid)
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }

    private static void assertRefused(Reason reason, PostgresServerConfig config) {
        assertThatThrownBy(() -> PostgresServer.start(config).close())
                .isInstanceOfSatisfying(
                        LauncherException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }
}
