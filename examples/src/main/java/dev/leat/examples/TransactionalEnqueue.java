package dev.leat.examples;

import dev.leat.engine.Leat;
import dev.leat.engine.client.EnqueueOptions;
import dev.leat.engine.handler.JobKind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** An order and the job that ships it are stored together or not at all. */
public final class TransactionalEnqueue {
    /** What the job needs to know. */
    public record Shipment(long order) {}

    public static final JobKind<Shipment> SHIP =
            JobKind.of("order.ship", Shipment.class).withMaxAttempts(5);

    private TransactionalEnqueue() {}

    /**
     * Places an order in a transaction of its own.
     *
     * @param connection to the database that the jobs are kept in
     */
    public static void place(Connection connection, Leat leat, long order) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement insert = connection.prepareStatement("insert into orders(id) values (?)")) {
            insert.setLong(1, order);
            insert.executeUpdate();
            leat.client().enqueue(connection, SHIP, new Shipment(order), EnqueueOptions.DEFAULT);
            connection.commit();
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        }
        leat.committed();
    }
}
