package dev.leat.engine.config;

import dev.leat.api.InvalidValueException;
import dev.leat.api.StoreException;
import dev.leat.api.control.ControlStore;
import dev.leat.api.driver.Stores;
import dev.leat.api.store.JobStore;
import dev.leat.engine.backend.Backends;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** All stores that a configuration names, open until this is closed. */
public final class ConfiguredStores implements AutoCloseable {
    private final ControlStore control;
    private final Deque<Stores> opened = new ArrayDeque<>();
    private final Map<String, JobStore> stores = new LinkedHashMap<>();

    private ConfiguredStores(LeatConfig config, Stores standard) {
        opened.push(standard);
        stores.put(Backends.STANDARD, standard.jobs());
        try {
            control = standard.controlStore()
                    .orElseThrow(() -> new InvalidValueException(
                            "STORE_INVALID",
                            "store",
                            "is \"" + standard.jobs().capabilities().store()
                                    + "\", which keeps jobs only, and not what the cluster" + " remembers besides",
                            "another store, with this one under backends"));
            config.backends().forEach(this::open);
            config.queues().forEach((queue, of) -> openOwn(config, queue, of));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /**
     * Opens everything beside the store.
     *
     * @param standard the store itself, closed with this, and also if this fails
     * @throws StoreException if a backend cannot be used
     */
    public static ConfiguredStores open(LeatConfig config, Stores standard) {
        return new ConfiguredStores(config, standard);
    }

    private void open(String name, StoreConfig config) {
        try {
            Stores place = config.open();
            opened.push(place);
            stores.put(name, place.jobs());
        } catch (StoreException e) {
            throw new StoreException("backend " + name + " cannot be opened: " + e.getMessage(), e.effect(), e);
        }
    }

    /** A queue that tells its driver something of its own has a place of its own. */
    private void openOwn(LeatConfig config, String queue, QueueConfig of) {
        if (!of.config().isEmpty()) {
            StoreConfig backend = of.backend().equals(Backends.STANDARD)
                    ? config.store().orElseThrow()
                    : Objects.requireNonNull(config.backends().get(of.backend()));
            open(of.place(queue), backend.with(of.config()));
        }
    }

    public Backends backends() {
        return new Backends(stores);
    }

    public ControlStore control() {
        return control;
    }

    /** Says that this is going to be closed. */
    public void hurry() {
        opened.forEach(Stores::hurry);
    }

    /** The last opened first. May be called twice. */
    @Override
    public void close() {
        RuntimeException failure = null;
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (RuntimeException e) {
                if (failure != null) {
                    e.addSuppressed(failure);
                }
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
