package dev.leat.cli.torture;

import dev.leat.kv.KvConfig;
import dev.leat.kv.KvStores;
import dev.leat.sqlite.SqliteConfig;
import dev.leat.sqlite.SqliteStores;
import dev.leat.verify.faults.ActiveFault;
import dev.leat.verify.torture.FaultKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An SQLite file or a key-value store of our own that is there to be broken, in the one process that has it. */
public final class TorturedEmbedded implements Tortured {
    /** As {@code --backend} names them. */
    public static final String SQLITE = "sqlite";

    public static final String KV = "kv";

    /** Both. */
    public static final List<String> BACKENDS = List.of(SQLITE, KV);

    private static final String NAME = "leat.db";

    private static final Set<FaultKind> OF_SERVER =
            EnumSet.of(FaultKind.SERVER_KILL, FaultKind.BACKEND_KILL, FaultKind.SERVER_STOP);
    private static final long DISK_BYTES = 160L << 20;

    private final String backend;
    private final BreakableDisk disk;
    private final Path home;
    private final Path clock;
    private volatile @Nullable Process process;

    private TorturedEmbedded(String backend, BreakableDisk disk, Path home, Path clock) {
        this.backend = backend;
        this.disk = disk;
        this.home = home;
        this.clock = clock;
    }

    /**
     * A place for it, on a disk of its own if that is to be broken and can be had.
     *
     * @param backend one of {@link #BACKENDS}
     * @param folder an empty one
     * @param kinds what is to be done to it
     * @param length how long it must have room on its disk
     */
    public static TorturedEmbedded start(String backend, Path folder, Set<FaultKind> kinds, Duration length)
            throws IOException {
        BreakableDisk disk = BreakableDisk.make(folder, kinds, DISK_BYTES, length);
        try {
            Path home = Files.createDirectory(disk.root().resolve(backend));
            return new TorturedEmbedded(backend, disk, home, folder.resolve(ForwardClock.FILE));
        } catch (IOException e) {
            disk.close();
            throw e;
        }
    }

    @Override
    public Map<String, String> environment(int port) {
        return Map.of(
                TortureNode.BACKEND,
                backend,
                TortureNode.URL,
                home.resolve(NAME).toString(),
                TortureNode.CLOCK,
                clock.toString());
    }

    @Override
    public void started(Process started) {
        process = started;
    }

    @Override
    public OpenStores open() {
        return at(backend, home.resolve(NAME), clock);
    }

    /** @param clock the file that says how far the clock is ahead */
    static OpenStores at(String backend, Path place, Path clock) {
        if (backend.equals(KV)) {
            KvConfig config = KvConfig.of(place);
            return OpenStores.of(KvStores.open(config.withClock(new ForwardClock(config.clock(), clock))));
        }
        SqliteConfig config = SqliteConfig.of(place);
        return OpenStores.of(SqliteStores.open(config.withClock(new ForwardClock(config.clock(), clock))));
    }

    @Override
    public void powerCut() {
        Process household = Objects.requireNonNull(process, "nobody has the store");
        disk.powerCut(household.pid(), () -> {
            household.toHandle().destroyForcibly();
            household.onExit().orTimeout(30, TimeUnit.SECONDS).join();
        });
    }

    @Override
    public ActiveFault fillDisk() {
        return disk.fill();
    }

    @Override
    public void forward(Duration by) {
        ForwardClock.forward(clock, by);
    }

    @Override
    public Optional<String> impossible(FaultKind kind) {
        if (OF_SERVER.contains(kind) || kind.isOfConnection()) {
            return Optional.of("the store is part of the process that has its files");
        }
        if (kind == FaultKind.POISON) {
            return Optional.of("one process does everything, and would end again and again");
        }
        if (kind == FaultKind.CLOCK_SKEW) {
            return Optional.of("the store has the clock of its process");
        }
        return disk.impossible(kind);
    }

    @Override
    public void close() {
        disk.close();
    }
}
