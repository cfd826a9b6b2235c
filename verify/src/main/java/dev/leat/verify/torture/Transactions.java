package dev.leat.verify.torture;

import dev.leat.verify.history.Phase;
import dev.leat.verify.history.RecordedJobStore;
import dev.leat.verify.torture.Gate.Moment;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Transactions of the load's own in the database that the jobs are kept in, and how they end. Thread-safe. */
final class Transactions {
    private final Optional<Stores.Database> database;
    private final RecordedJobStore recorded;
    private final Gate gate;

    Transactions(Stores stores, RecordedJobStore recorded, Gate gate) {
        database = stores.database();
        this.recorded = recorded;
        this.gate = gate;
    }

    /** What is done in one. */
    @FunctionalInterface
    interface Work {
        /** Whether to commit it. */
        boolean on(Connection connection) throws SQLException, InterruptedException;
    }

    /** Whether there are any here. */
    boolean arePossible() {
        return database.isPresent();
    }

    /**
     * Whether it was committed, as was wanted.
     *
     * @throws SQLException if it was not, or nobody knows
     */
    boolean run(Work work) throws SQLException, InterruptedException {
        Connection connection = database.orElseThrow().connect();
        // Only a commit can make anything of it.
        Phase end = Phase.FAIL;
        try (connection) {
            connection.setAutoCommit(false);
            if (work.on(connection)) {
                gate.pass(Moment.BEFORE_SETTLE);
                gate.pass(Moment.SETTLE_IN_FLIGHT);
                gate.pass(Moment.ENQUEUE_IN_FLIGHT);
                end = Phase.INFO;
                connection.commit();
                end = Phase.OK;
                gate.pass(Moment.ENQUEUE_REPLY);
            } else {
                connection.rollback();
            }
        } finally {
            recorded.ended(connection, end);
        }
        return end == Phase.OK;
    }
}
