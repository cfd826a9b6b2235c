package dev.leat.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leat.api.store.Capabilities.Durability;
import dev.leat.api.store.Inspect;
import dev.leat.launcher.LauncherException;
import dev.leat.launcher.PostgresServer;
import dev.leat.launcher.PostgresServerConfig;
import dev.leat.postgres.PostgresConfig;
import dev.leat.postgres.PostgresStores;
import dev.leat.verify.faults.ActiveFault;
import dev.leat.verify.faults.LoopDisk;
import dev.leat.verify.faults.ProcessFaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL on a disk that loses, again and again, what was not synced. */
@Timeout(1_800)
class PowerCutTest {
    /** With {@code -Dcuts=20} as many as that, of some two seconds each. */
    private static final int CUTS = Integer.getInteger("cuts", 1);

    private static final long SEED = Long.getLong("seed", 1);
    private static final int MOST_UNSAFE_CUTS = 5;
    private static final long DISK = 256 << 20;

    @TempDir
    Path home;

    private final Random random = new Random(SEED);
    private final Load load = new Load(1, 100);
    private LoopDisk disk;

    @BeforeEach
    void makeDisk() throws IOException {
        Optional<String> unavailable = LoopDisk.unavailable();
        assumeTrue(unavailable.isEmpty(), () -> unavailable.orElseThrow());
        disk = LoopDisk.make(home.resolve("disk"), home.resolve("mounted"), DISK);
    }

    @AfterEach
    void removeDisk() {
        if (disk != null) {
            disk.close();
        }
    }

    @Test
    void whatWasAcknowledgedIsThereAfterAPowerCutAndWhatDidNotWaitForTheDiskIsNot(TestReporter reporter)
            throws IOException {
        // What synchronous_commit=off loses, a mere kill loses too; this only the disk does.
        PostgresServerConfig unsafe = config().withSetting("fsync", "off");
        Load unsafeLoad = new Load(1L << 40, 100);
        int unsafeCuts = 0;
        List<String> missing = List.of();
        PostgresServer server = PostgresServer.start(config());
        try {
            for (int cut = 1; cut <= CUTS; cut++) {
                cutUnder(server, load);
                server = PostgresServer.start(cut < CUTS ? config() : unsafe);
                assertThat(missing(server, load))
                        .as("after cut %d with seed %d", cut, SEED)
                        .isEmpty();
            }
            // It bites.
            while (missing.isEmpty() && unsafeCuts < MOST_UNSAFE_CUTS) {
                unsafeCuts++;
                cutUnder(server, unsafeLoad);
                try {
                    server = PostgresServer.start(unsafe);
                    missing = missing(server, unsafeLoad);
                } catch (LauncherException e) {
                    missing = List.of("all, since the server finds its own files damaged: " + e.getMessage());
                }
            }
        } finally {
            server.close();
        }
        System.err.println("FIG "
                + "%d cuts: %d jobs accepted, %d completed, none lost; unsafe cut %d lost %d of %d accepted"
                        .formatted(
                                CUTS,
                                load.accepted().size(),
                                load.completed().size(),
                                unsafeCuts,
                                missing.size(),
                                unsafeLoad.accepted().size()));
        assertThat(load.completed()).isNotEmpty();
        assertThat(missing).as("lost in %d unsafe cuts", unsafeCuts).isNotEmpty();
    }

    private PostgresServerConfig config() {
        return PostgresServerConfig.at(disk.root().resolve("postgres"));
    }

    /** Cuts the power at some moment while producers and a worker are busy. The server is closed then. */
    private void cutUnder(PostgresServer server, Load load) throws IOException {
        int acknowledged = load.accepted().size() + 50 + random.nextInt(500);
        try (PostgresStores stores = stores(server);
                Load.Running running = load.on(stores.jobs())) {
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(1))
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> load.accepted().size() >= acknowledged);
            ActiveFault frozen = ProcessFaults.freeze(postmaster(server));
            running.stop();
            disk.powerCut(() -> {
                server.kill();
                server.close(); // its lock is a file on the disk
            });
            frozen.close();
        }
    }

    private List<String> missing(PostgresServer server, Load load) {
        try (PostgresStores stores = stores(server)) {
            return load.missing(stores.jobs().feature(Inspect.class).orElseThrow());
        }
    }

    private static PostgresStores stores(PostgresServer server) {
        return PostgresStores.open(PostgresConfig.of(server.url(), server.user(), server.password())
                .withDurability(Durability.D1)); // also without fsync, on purpose
    }

    private static long postmaster(PostgresServer server) throws IOException {
        return Long.parseLong(Files.readAllLines(server.dataDirectory().resolve("data/postmaster.pid"))
                .getFirst()
                .strip());
    }
}
