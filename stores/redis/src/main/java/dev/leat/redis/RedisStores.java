package dev.leat.redis;

import dev.leat.api.StoreException;
import dev.leat.api.control.ControlStore;
import dev.leat.api.driver.Stores;
import dev.leat.api.store.JobStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** Both stores on one Redis server, over one connection. Thread-safe. */
public final class RedisStores implements Stores {
    private static final Duration LOADING = Duration.ofMinutes(1);
    private static final Duration LOADING_PAUSE = Duration.ofMillis(50);

    private final RedisLink link;
    private final RedisJobStore jobs;
    private final RedisControlStore control;

    private RedisStores(RedisConfig config, RedisLink link, ServerSettings settings, JobLayout layout) {
        this.link = link;
        jobs = new RedisJobStore(config, link, settings, layout);
        control = new RedisControlStore(link);
    }

    /**
     * Connects, and waits for up to a minute while the server loads its data.
     *
     * @throws StoreException if the server cannot be reached, is older than Redis 6.2, a replica, a node of a cluster, less durable than required or
     *     set to evict keys, keeps jobs in the other layout, or forbids the user what the store needs
     */
    public static RedisStores open(RedisConfig config) {
        return open(config, () -> 0);
    }

    /**
     * The same, by another clock, for tests of what takes hours. Whoever shares a store must have the same.
     *
     * @param clockAhead milliseconds that the stores' clock is ahead of the server's; never falls
     */
    public static RedisStores open(RedisConfig config, LongSupplier clockAhead) {
        RedisLink link = new RedisLink(config, clockAhead);
        try {
            ServerSettings settings = loaded(link);
            settings.require(config);
            link.checkRights();
            JobLayout layout = new JobLayout(config);
            link.run(layout.script("layout"), new Arguments());
            return new RedisStores(config, link, settings, layout);
        } catch (RuntimeException e) {
            link.close();
            throw e;
        }
    }

    /** Deletes all keys. */
    static void remove(RedisConfig config) {
        try (RedisLink link = new RedisLink(config, () -> 0)) {
            loaded(link);
            link.deleteAll(new JobLayout(config));
        }
    }

    private static ServerSettings loaded(RedisLink link) {
        long start = System.nanoTime();
        while (true) {
            try {
                return ServerSettings.of(link);
            } catch (StoreException e) {
                if (!Refusal.isLoading(e) || System.nanoTime() - start > LOADING.toNanos()) {
                    throw e;
                }
                LockSupport.parkNanos(LOADING_PAUSE.toNanos());
            }
        }
    }

    @Override
    public JobStore jobs() {
        return jobs;
    }

    public ControlStore control() {
        return control;
    }

    @Override
    public Optional<ControlStore> controlStore() {
        return Optional.of(control);
    }

    /** Closes both stores and their connections. May be called twice. */
    @Override
    public void close() {
        jobs.close();
        link.close();
    }
}
