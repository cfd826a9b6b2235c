package dev.leat.examples;

import dev.leat.engine.handler.Handler;
import dev.leat.engine.handler.JobContext;
import dev.leat.engine.handler.JobKind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

/** A payment is booked and its job completed together or not at all: however often the job runs, it is booked once. */
public final class TransactionalCompletion implements Handler<TransactionalCompletion.Payment> {
    /** What the job needs to know. */
    public record Payment(long account, long cents) {}

    public static final JobKind<Payment> BOOK =
            JobKind.of("payment.book", Payment.class).in("payments");

    private final DataSource database;

    /** @param database that the jobs are kept in */
    public TransactionalCompletion(DataSource database) {
        this.database = database;
    }

    @Override
    public void handle(Payment payment, JobContext job) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement insert =
                    connection.prepareStatement("insert into booking(account, cents) values (?, ?)")) {
                insert.setLong(1, payment.account());
                insert.setLong(2, payment.cents());
                insert.executeUpdate();
                job.complete(connection);
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        }
    }
}
