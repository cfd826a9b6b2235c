package dev.leat.cli.torture;

import dev.leat.api.StoreException;
import dev.leat.api.control.ControlStore;
import dev.leat.api.driver.StoreSettings;
import dev.leat.api.store.JobStore;
import dev.leat.engine.backend.Drivers;
import dev.leat.verify.torture.Stores;
import java.util.Optional;

/** Stores of whichever driver is installed for them. */
record OpenInstalled(dev.leat.api.driver.Stores stores, ControlStore control) implements Stores {
    /**
     * Opens them.
     *
     * @param driver its name
     */
    static OpenInstalled at(String driver, StoreSettings settings) {
        dev.leat.api.driver.Stores stores =
                Drivers.installed().driver(driver, settings.url()).open(settings);
        Optional<ControlStore> control = stores.controlStore();
        if (control.isEmpty()) {
            stores.close();
            throw new StoreException(
                    "This store keeps jobs only; who works on them must be remembered too, so it cannot be verified by"
                            + " itself.",
                    StoreException.Effect.NONE,
                    null);
        }
        return new OpenInstalled(stores, control.get());
    }

    @Override
    public JobStore jobs() {
        return stores.jobs();
    }

    @Override
    public Optional<Database> database() {
        return Optional.empty();
    }

    @Override
    public void hurry() {
        stores.hurry();
    }

    @Override
    public void close() {
        stores.close();
    }
}
