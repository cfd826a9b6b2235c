package dev.leat.testkit;

import dev.leat.api.store.JobStore;
import dev.leat.api.store.Transactional;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;

/**
 * The tests of a {@link JobStore} that lives in the caller's own database and has the facet {@link Transactional}: jobs,
 * completions and the caller's data are committed together or not at all, and nobody waits for the caller.
 *
 * <p>A store that has the facet passes these beside {@link JobStoreContract}:
 *
 * <pre>{@code
 * class PaperTransactionsTest extends TransactionalContract {
 *     private final Archive archive = new Archive();
 *
 *     protected JobStore open(StoreClock clock) {
 *         archive.empty("leat");
 *         return new PaperStore(archive.source("leat"), clock);
 *     }
 *
 *     protected Connection connect() throws SQLException {
 *         return archive.source("leat").getConnection();
 *     }
 *
 *     protected List<Connection> connectElsewhere() throws SQLException {
 *         return List.of(archive.source("elsewhere").getConnection());
 *     }
 * }
 * }</pre>
 *
 * <p>The tests make and drop a table of the caller, {@code contract_orders}, in the schema of {@link #connect}.
 */
public abstract class TransactionalContract {
    private final Subject store = new Subject();
    private final CallerSubject callers = new CallerSubject(store);

    /**
     * An empty store whose time is the clock's. Called once for each test; the test closes it.
     *
     * @throws Exception if it cannot be opened, which fails the test
     */
    protected abstract JobStore open(StoreClock clock) throws Exception;

    /**
     * A new connection of the caller's to the database and schema of the store that was opened last. The test closes it.
     *
     * @throws Exception if there is none, which fails the test
     */
    protected abstract Connection connect() throws Exception;

    /**
     * New connections that lead elsewhere: to another schema, another database, another server. The test closes them.
     *
     * @throws Exception if there are none, which fails the test
     */
    protected abstract List<Connection> connectElsewhere() throws Exception;

    /**
     * What the connection is set to besides what {@link Connection} tells, such as variables of the session; compared before
     * and after by {@link Object#equals}.
     *
     * @throws SQLException if it cannot be read, which fails the test
     */
    protected Object settings(Connection connection) throws SQLException {
        return List.of();
    }

    @BeforeEach
    final void openStore() throws Exception {
        store.open(open(store.newClock()), () -> {
            throw new IllegalStateException("these tests need one handle");
        });
        callers.open(this::connect, this::connectElsewhere, this::settings);
    }

    @AfterEach
    final void closeStore() throws Exception {
        callers.close();
        store.close();
    }

    @Nested
    class Commits extends CommitRules {
        Commits() {
            super(store, callers);
        }
    }

    @Nested
    class Completions extends CompletionRules {
        Completions() {
            super(store, callers);
        }
    }

    @Nested
    class UniqueKeys extends UniqueCallerRules {
        UniqueKeys() {
            super(store, callers);
        }
    }

    @Nested
    class Callers extends CallerRules {
        Callers() {
            super(store, callers);
        }
    }
}
