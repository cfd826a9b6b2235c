package dev.leat.testkit;

import dev.leat.api.store.Enqueued;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Transactional;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;

/** The callers of a store in their own transactions, with a table of their own. */
final class CallerSubject {
    private final Subject store;
    private final List<Connection> connections = new ArrayList<>();
    private Callable<Connection> connect = () -> {
        throw notOpened();
    };
    private Callable<List<Connection>> connectElsewhere = () -> {
        throw notOpened();
    };
    private Settings settings = connection -> {
        throw notOpened();
    };

    /** What a connection is set to besides what it tells itself. */
    interface Settings {
        Object of(Connection connection) throws SQLException;
    }

    CallerSubject(Subject store) {
        this.store = store;
    }

    void open(Callable<Connection> connect, Callable<List<Connection>> connectElsewhere, Settings settings)
            throws Exception {
        this.connect = connect;
        this.connectElsewhere = connectElsewhere;
        this.settings = settings;
        execute("drop table if exists contract_orders", "create table contract_orders (id bigint primary key)");
    }

    private static IllegalStateException notOpened() {
        return new IllegalStateException("not opened");
    }

    /** First every connection, since one with an open transaction would hold the table. */
    void close() throws Exception {
        for (Connection connection : connections) {
            if (!connection.isClosed() && !connection.getAutoCommit()) {
                connection.rollback();
            }
            connection.close();
        }
        connections.clear();
        execute("drop table if exists contract_orders");
    }

    private void execute(String... statements) throws Exception {
        try (Connection connection = connect.call();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(true);
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    /** A connection whose transaction is the caller's to end. */
    Connection begin() throws Exception {
        Connection connection = connect.call();
        connections.add(connection);
        connection.setAutoCommit(false);
        return connection;
    }

    List<Connection> elsewhere() throws Exception {
        List<Connection> elsewhere = connectElsewhere.call();
        connections.addAll(elsewhere);
        return elsewhere;
    }

    Transactional facet() {
        return store.store().feature(Transactional.class).orElseThrow();
    }

    List<Enqueued> enqueue(Connection connection, List<NewJob> jobs) {
        return facet().enqueue(connection, jobs);
    }

    static List<Enqueued> inTransaction(List<NewJob> jobs) {
        return jobs.stream()
                .<Enqueued>map(job -> new Enqueued.InTransaction(job.id()))
                .toList();
    }

    static void insert(Connection connection, long id) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("insert into contract_orders (id) values (" + id + ")");
        }
    }

    /** How many rows of the callers are committed. */
    int orders() throws Exception {
        try (Connection connection = connect.call();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select count(*) from contract_orders")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    List<Object> settings(Connection connection) throws SQLException {
        return Arrays.asList(
                connection.getAutoCommit(),
                connection.getTransactionIsolation(),
                connection.isReadOnly(),
                connection.getHoldability(),
                connection.getCatalog(),
                connection.getSchema(),
                connection.getNetworkTimeout(),
                connection.getClientInfo(),
                settings.of(connection));
    }
}
