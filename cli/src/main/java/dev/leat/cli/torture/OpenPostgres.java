package dev.leat.cli.torture;

import dev.leat.api.control.ControlStore;
import dev.leat.api.store.Capabilities.Durability;
import dev.leat.api.store.JobStore;
import dev.leat.postgres.PostgresConfig;
import dev.leat.postgres.PostgresStores;
import dev.leat.verify.torture.Stores;
import java.sql.DriverManager;
import java.util.Optional;
import java.util.Properties;

/** Stores in PostgreSQL. */
record OpenPostgres(PostgresStores stores, String url, Properties properties) implements Stores {
    private static final int CONNECTIONS = 6;

    /** Whatever its settings: what they cost is for the torture to find out. */
    static OpenPostgres at(String url, String user, String password) {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("socketTimeout", "15");
        // The server is to give up a transaction of whoever cannot say that he is gone, in less time than a lease and
        // the slack.
        properties.setProperty("options", "-c idle_in_transaction_session_timeout=8s");
        return new OpenPostgres(
                PostgresStores.open(PostgresConfig.of(url, user, password)
                        .withConnections(CONNECTIONS)
                        .withDurability(Durability.D1)),
                url,
                properties);
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
        return Optional.of(() -> DriverManager.getConnection(url, properties));
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
