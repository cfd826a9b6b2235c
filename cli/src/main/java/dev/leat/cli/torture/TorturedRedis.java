package dev.leat.cli.torture;

import dev.leat.api.store.Capabilities.Durability;
import dev.leat.launcher.RedisServer;
import dev.leat.redis.RedisConfig;
import dev.leat.redis.RedisStores;
import dev.leat.redis.StreamsConfig;
import dev.leat.verify.faults.ActiveFault;
import dev.leat.verify.torture.FaultKind;
import dev.leat.verify.torture.StoreServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A Redis of our own that is there to be broken. Its server ends with this process, however that does. */
public final class TorturedRedis implements Tortured, StoreServer {
    /** As {@code --backend} names it. */
    public static final String LISTS = "redis-lists";

    public static final String STREAMS = "redis-streams";

    private static final long DISK_BYTES = 96L << 20;
    private static final String PID_FILE = "redis.pid";

    private final BreakableDisk disk;
    private final ServerGuard guard;
    private final RedisServer server;
    private final Path clock;
    private final String backend;

    private TorturedRedis(BreakableDisk disk, ServerGuard guard, RedisServer server, Path clock, String backend) {
        this.disk = disk;
        this.guard = guard;
        this.server = server;
        this.clock = clock;
        this.backend = backend;
    }

    /**
     * Starts it, set to survive the loss of power, on a disk of its own if that is to be broken and can be had.
     *
     * @param backend {@link #LISTS} or {@link #STREAMS}
     * @param folder an empty one
     * @param settings of Redis, in place of the usual ones
     * @param kinds what is to be done to it
     * @param length how long it must have room on its disk
     * @throws dev.leat.launcher.LauncherException if it does not start
     */
    public static TorturedRedis start(
            String backend, Path folder, Map<String, String> settings, Set<FaultKind> kinds, Duration length)
            throws IOException {
        BreakableDisk disk = BreakableDisk.make(folder, kinds, DISK_BYTES, length);
        try {
            Path home = disk.root().resolve("redis");
            ServerGuard guard = ServerGuard.start(home.resolve(PID_FILE), "redis-server", folder);
            try {
                RedisServer server = RedisServer.start(RedisServer.Version.REDIS_7_0, home, with(settings));
                return new TorturedRedis(disk, guard, server, folder.resolve(ForwardClock.FILE), backend);
            } catch (RuntimeException e) {
                guard.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            disk.close();
            throw e;
        }
    }

    /** The log is written anew often, so that this is broken too. */
    private static Map<String, String> with(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of(
                "appendonly", "yes",
                "appendfsync", "always",
                "auto-aof-rewrite-min-size", "4mb",
                "save", "\"\"",
                "pidfile", PID_FILE));
        all.putAll(settings);
        return all;
    }

    @Override
    public Map<String, String> environment(int port) {
        return Map.of(
                TortureNode.BACKEND,
                backend,
                TortureNode.URL,
                "redis://127.0.0.1:" + port,
                TortureNode.CLOCK,
                clock.toString());
    }

    @Override
    public OpenStores open() {
        return at(backend, server.url(), clock);
    }

    /**
     * Whatever its settings: what they cost is for the torture to find out.
     *
     * @param backend {@link #LISTS} or {@link #STREAMS}
     * @param clock the file that says how far the clock is ahead
     */
    static OpenStores at(String backend, String url, Path clock) {
        RedisConfig config = RedisConfig.of(url).withDurability(Durability.D0);
        return OpenStores.of(RedisStores.open(
                backend.equals(STREAMS) ? config.withStreams(StreamsConfig.DEFAULT) : config,
                new ForwardClock(() -> Instant.EPOCH, clock)::millis));
    }

    @Override
    public Optional<InetSocketAddress> address() {
        return Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
    }

    @Override
    public void kill() {
        server.kill();
    }

    @Override
    public void restart() {
        server.restart();
    }

    @Override
    public void killBackend() {
        throw new IllegalStateException("impossible() says so");
    }

    @Override
    public List<Long> processes() {
        return server.process().map(ProcessHandle::pid).stream().toList();
    }

    @Override
    public void powerCut() {
        disk.powerCut(
                server.process()
                        .orElseThrow(() -> new IllegalStateException("the server does not run"))
                        .pid(),
                server::kill);
        server.restart();
    }

    @Override
    public ActiveFault fillDisk() {
        ActiveFault full = disk.fill();
        return () -> {
            full.close();
            if (server.process().isEmpty()) { // it has given up, as it does when it has no room for its log
                server.restart();
            }
        };
    }

    @Override
    public void forward(Duration by) {
        ForwardClock.forward(clock, by);
    }

    @Override
    public Optional<String> impossible(FaultKind kind) {
        return kind == FaultKind.BACKEND_KILL
                ? Optional.of("one process of Redis serves all connections")
                : disk.impossible(kind);
    }

    @Override
    public void close() {
        try {
            server.close();
        } finally {
            guard.close();
            disk.close();
        }
    }
}
