package dev.leat.postgres;

import dev.leat.api.store.JobStore;
import dev.leat.testkit.StoreClock;
import dev.leat.testkit.TransactionalContract;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

class PostgresTransactionalTest extends TransactionalContract {
    TestDatabase database() {
        return TestDatabase.newest();
    }

    @Override
    protected JobStore open(StoreClock clock) {
        return database().contract().emptied(clock).jobs();
    }

    @Override
    protected Connection connect() throws SQLException {
        return database().connect();
    }

    /** One to a database without Leat, and one to a database with a schema of the same name: only its instance differs. */
    @Override
    protected List<Connection> connectElsewhere() throws SQLException {
        return List.of(database().connect(database().named("empty")), database().connect(twin()));
    }

    /** Every variable of the session. */
    @Override
    protected Object settings(Connection connection) throws SQLException {
        return TestDatabase.rows(connection, "select name, setting from pg_settings order by name");
    }

    private String twin() {
        String url = database().named("twin");
        PostgresConfig config = database().contract().config();
        PostgresStores.open(new PostgresConfig(url, config.user(), config.password(), config.schema(), 2))
                .close();
        return url;
    }
}
