package dev.leat.testkit;

import dev.leat.api.control.ControlStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;

/**
 * The tests that every {@link ControlStore} passes: a store that does is fit to be a cluster's memory, whoever wrote it.
 *
 * <p>A store proves itself by a short class:
 *
 * <pre>{@code
 * class PaperControlStoreTest extends ControlStoreContract {
 *     private final Drawer drawer = new Drawer();
 *
 *     protected ControlStore open(StoreClock clock) {
 *         drawer.empty();
 *         return openAnother(clock);
 *     }
 *
 *     protected ControlStore openAnother(StoreClock clock) {
 *         return new PaperControlStore(drawer, clock);
 *     }
 * }
 * }</pre>
 *
 * <p>No test sleeps or measures time; see {@link JobStoreContract} for the clock.
 */
public abstract class ControlStoreContract {
    private final ControlSubject subject = new ControlSubject();

    /**
     * An empty store whose time is the clock's. Called once for each test; the test closes it.
     *
     * @throws Exception if it cannot be opened, which fails the test
     */
    protected abstract ControlStore open(StoreClock clock) throws Exception;

    /**
     * A second handle to the data of the store that was opened last, as another process would hold it. Called once for each
     * test, which closes it too. A store whose data are in one object returns that object.
     *
     * @throws Exception if it cannot be opened, which fails the test
     */
    protected abstract ControlStore openAnother(StoreClock clock) throws Exception;

    @BeforeEach
    final void openStore() throws Exception {
        subject.open(open(subject.newClock()));
        subject.open(openAnother(subject.clock));
    }

    @AfterEach
    final void closeStore() {
        subject.close();
    }

    @Nested
    class Records extends RecordRules {
        Records() {
            super(subject);
        }
    }

    @Nested
    class Journals extends JournalRules {
        Journals() {
            super(subject);
        }
    }

    @Nested
    class Leaders extends LeaderRules {
        Leaders() {
            super(subject);
        }
    }
}
