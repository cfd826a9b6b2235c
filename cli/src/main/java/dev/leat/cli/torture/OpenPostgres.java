package dev.leat.cli.torture;

import dev.leat.api.control.ControlStore;
import dev.leat.api.store.Capabilities.Durability;
import dev.leat.api.store.JobStore;
import dev.leat.postgres.PostgresConfig;
import dev.leat.postgres.PostgresStores;
import dev.leat.verify.torture.Stores;

/** Stores in PostgreSQL. */
record OpenPostgres(PostgresStores stores) implements Stores {
    private static final int CONNECTIONS = 6;

    /** Whatever its settings: what they cost is for the torture to find out. */
    static OpenPostgres at(String url, String user, String password) {
        return new OpenPostgres(PostgresStores.open(PostgresConfig.of(url, user, password)
                .withConnections(CONNECTIONS)
                .withDurability(Durability.D1)));
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
    public void hurry() {
        stores.hurry();
    }

    @Override
    public void close() {
        stores.close();
    }
}
