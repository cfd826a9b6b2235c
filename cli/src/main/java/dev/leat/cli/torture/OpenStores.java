package dev.leat.cli.torture;

import dev.leat.api.StoreException;
import dev.leat.api.control.ControlStore;
import dev.leat.api.store.JobStore;
import dev.leat.verify.torture.Stores;
import java.util.Optional;

/** Stores as a driver has them, whose callers have no transactions of their own. */
record OpenStores(dev.leat.api.driver.Stores stores, ControlStore control) implements Stores {
    /**
     * Has them closed with this.
     *
     * @throws StoreException if they remember nothing but jobs; they are closed then
     */
    static OpenStores of(dev.leat.api.driver.Stores stores) {
        Optional<ControlStore> control = stores.controlStore();
        if (control.isEmpty()) {
            stores.close();
            throw new StoreException(
                    "This store keeps jobs only, and who works on them must be remembered too; so it cannot be tried"
                            + " by itself.",
                    StoreException.Effect.NONE,
                    null);
        }
        return new OpenStores(stores, control.get());
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
