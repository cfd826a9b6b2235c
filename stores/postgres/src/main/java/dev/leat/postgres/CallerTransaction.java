package dev.leat.postgres;

import dev.leat.api.Checks;
import dev.leat.api.JobId;
import dev.leat.api.Lane;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Transactional;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Enqueues and completes in the transaction of a caller whose data lives in the store's own database. */
final class CallerTransaction implements Transactional {
    private final Database database;
    private final Lanes lanes;
    private final Enqueuer enqueuer;
    private final Optional<PostgresWakeups> wakeups;

    CallerTransaction(Database database, Lanes lanes, Enqueuer enqueuer, Optional<PostgresWakeups> wakeups) {
        this.database = database;
        this.lanes = lanes;
        this.enqueuer = enqueuer;
        this.wakeups = wakeups;
    }

    @Override
    public List<Enqueued> enqueue(Connection connection, List<NewJob> jobs) {
        Checks.range("jobs", jobs.size(), 0, JobStore.BATCH_JOBS);
        Set<Lane> wanted = new HashSet<>();
        jobs.forEach(job -> wanted.add(job.lane()));
        try {
            check(connection);
            lanes.intern(wanted);
            if (jobs.isEmpty()) {
                return List.of();
            }
            List<Enqueued> answers =
                    Enqueuer.anyIsUnique(jobs) ? enqueueUnique(connection, jobs) : enqueuer.enqueue(connection, jobs);
            wakeups.ifPresent(PostgresWakeups::expectSteps);
            return answers.stream().map(CallerTransaction::undecided).toList();
        } catch (SQLException e) {
            throw database.failure(e);
        }
    }

    @Override
    public Optional<LeaseId> split(LeaseId lease, JobId job) {
        return database
                .statement(connection -> database.call(connection, "split")
                        .set("lid", lease.value())
                        .set("id", job.value())
                        .rows(row -> new LeaseId(row.getLong("lid"))))
                .stream()
                .findFirst();
    }

    @Override
    public Settled settle(Connection connection, Settlement settlement) {
        if (!(settlement.outcome() instanceof Outcome.Completed)) {
            throw new IllegalArgumentException(
                    "settlement has the outcome " + settlement.outcome() + "; allowed in a transaction: Completed");
        }
        try {
            check(connection);
            Settling settling = new Settling(List.of(settlement));
            settling.ask(database.call(connection, settling.plainStatement())).rows(settling::add);
            Settled answer = settling.answers().getFirst();
            if (!answer.accepted()) {
                checkAge(connection, settlement);
            }
            return answer;
        } catch (SQLException e) {
            throw database.failure(e);
        }
    }

    /** A snapshot that is older than the lease does not show it. */
    private void checkAge(Connection connection, Settlement unseen) throws SQLException {
        if (connection.getTransactionIsolation() >= Connection.TRANSACTION_REPEATABLE_READ
                && completion(unseen.lease(), unseen.job()) == Completion.NONE) {
            throw new IllegalArgumentException(
                    "connection's transaction sees the data as of before the job got a lease of its own; allowed: to"
                        + " complete the job before any other statement of the transaction, or to use isolation level"
                        + " read committed");
        }
    }

    @Override
    public Completion completion(LeaseId lease, JobId job) {
        return database.statement(connection -> database.call(connection, "completion")
                .set("lid", lease.value())
                .set("id", job.value())
                .rows(row -> {
                    if (row.getBoolean("held")) {
                        return row.getBoolean("free") ? Completion.NONE : Completion.OPEN;
                    }
                    return row.getBoolean("completed") ? Completion.COMMITTED : Completion.LOST;
                })
                .getFirst());
    }

    /** So that a key which is not to be had spoils nothing, and locks are waited for afterwards as long as before. */
    private List<Enqueued> enqueueUnique(Connection connection, List<NewJob> jobs) throws SQLException {
        String waits = database.call(connection, "lock_timeout")
                .rows(row -> row.getString("waits"))
                .getFirst();
        Savepoint before = connection.setSavepoint();
        try {
            List<Enqueued> answers = enqueuer.enqueue(connection, jobs);
            database.call(connection, "lock_timeout_set").set("waits", waits).rows(row -> row.getString(1));
            connection.releaseSavepoint(before);
            return answers;
        } catch (SQLException | RuntimeException e) {
            connection.rollback(before);
            throw e;
        }
    }

    private void check(Connection connection) throws SQLException {
        if (connection.getAutoCommit()) {
            throw new IllegalArgumentException(
                    "connection is in auto-commit mode; allowed: one with an open transaction (setAutoCommit(false))");
        }
        boolean hasSchema = database.call(connection, "instance_exists")
                .rows(row -> row.getBoolean(1))
                .getFirst();
        if (!hasSchema || !instance(connection).equals(database.statement(this::instance))) {
            throw new IllegalArgumentException(
                    "connection leads to another database than this store's; allowed: one to the"
                            + " database and schema that the queue is kept in");
        }
    }

    private UUID instance(Connection connection) throws SQLException {
        return database.call(connection, "instance")
                .rows(row -> row.getObject("id", UUID.class))
                .getFirst();
    }

    private static Enqueued undecided(Enqueued answer) {
        return answer instanceof Enqueued.Accepted accepted ? new Enqueued.InTransaction(accepted.id()) : answer;
    }
}
