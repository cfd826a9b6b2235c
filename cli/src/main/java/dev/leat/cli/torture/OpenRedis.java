package dev.leat.cli.torture;

import dev.leat.api.control.ControlStore;
import dev.leat.api.store.Capabilities.Durability;
import dev.leat.api.store.JobStore;
import dev.leat.redis.RedisConfig;
import dev.leat.redis.RedisStores;
import dev.leat.verify.torture.Stores;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** Stores in Redis, by the server's clock set forward for all who open them. */
record OpenRedis(RedisStores stores) implements Stores {
    /**
     * Whatever its settings: what they cost is for the torture to find out.
     *
     * @param clock the file that says how far the clock is ahead
     */
    static OpenRedis at(String url, Path clock) {
        return new OpenRedis(RedisStores.open(
                RedisConfig.of(url).withDurability(Durability.D0),
                new ForwardClock(() -> Instant.EPOCH, clock)::millis));
    }

    @Override
    public JobStore jobs() {
        return stores.jobs();
    }

    @Override
    public ControlStore control() {
        return stores.control();
    }

    @Override
    public Optional<Database> database() {
        return Optional.empty();
    }

    /** No call ever waits longer than its time-out. */
    @Override
    public void hurry() {}

    @Override
    public void close() {
        stores.close();
    }
}
