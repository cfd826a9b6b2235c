package dev.leat.testkit;

import dev.leat.api.store.JobStore;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;

/**
 * The tests that every {@link JobStore} passes: a store that does is safe to run jobs on, whoever wrote it.
 *
 * <p>A store proves itself by a short class. What it says it cannot do ({@link JobStore#capabilities}) is tested to be
 * refused; the rest is tested to work.
 *
 * <pre>{@code
 * class PaperStoreTest extends JobStoreContract {
 *     private final Drawer drawer = new Drawer();
 *
 *     protected JobStore open(StoreClock clock) {
 *         drawer.empty();
 *         return openAnother(clock);
 *     }
 *
 *     protected JobStore openAnother(StoreClock clock) {
 *         return new PaperStore(drawer, clock);
 *     }
 * }
 * }</pre>
 *
 * <p>The class may live for each test or for all of them. No test sleeps or measures time: hours pass by {@link StoreClock#advance}, and so the store has to tell its time by the
 * clock it is given. A store in this process asks {@link StoreClock#instant}; one on a server follows by {@link
 * StoreClock#onAdvance}.
 */
public abstract class JobStoreContract {
    private final Subject subject = new Subject();

    /**
     * An empty store whose time is the clock's. Called once for each test; the test closes it.
     *
     * @throws Exception if it cannot be opened, which fails the test
     */
    protected abstract JobStore open(StoreClock clock) throws Exception;

    /**
     * A second handle to the data of the store that was opened last, as another process would hold it. Called at most once
     * for each test, which closes it too. A store whose data are in one object returns that object.
     *
     * @throws Exception if it cannot be opened, which fails the test
     */
    protected abstract JobStore openAnother(StoreClock clock) throws Exception;

    /** Where the random test starts; to see a failure again override it with the seed which that names. */
    protected long modelSeed() {
        return new Random().nextLong();
    }

    @BeforeEach
    final void openStore() throws Exception {
        subject.open(open(subject.newClock()), () -> openAnother(subject.clock));
    }

    @AfterEach
    final void closeStore() {
        subject.close();
    }

    @Nested
    class Enqueue extends EnqueueRules {
        Enqueue() {
            super(subject);
        }
    }

    @Nested
    class Payloads extends PayloadRules {
        Payloads() {
            super(subject);
        }
    }

    @Nested
    class Claims extends ClaimRules {
        Claims() {
            super(subject);
        }
    }

    @Nested
    class ClaimOrder extends ClaimOrderRules {
        ClaimOrder() {
            super(subject);
        }
    }

    @Nested
    class ClaimAgain extends ClaimAgainRules {
        ClaimAgain() {
            super(subject);
        }
    }

    @Nested
    class Fencing extends FencingRules {
        Fencing() {
            super(subject);
        }
    }

    @Nested
    class Outcomes extends OutcomeRules {
        Outcomes() {
            super(subject);
        }
    }

    @Nested
    class DueTimes extends DueRules {
        DueTimes() {
            super(subject);
        }
    }

    @Nested
    class Leases extends LeaseRules {
        Leases() {
            super(subject);
        }
    }

    @Nested
    class Suspects extends SuspectRules {
        Suspects() {
            super(subject);
        }
    }

    @Nested
    class Poison extends PoisonRules {
        Poison() {
            super(subject);
        }
    }

    @Nested
    class Handovers extends HandoverRules {
        Handovers() {
            super(subject);
        }
    }

    @Nested
    class Turns extends TurnRules {
        Turns() {
            super(subject);
        }
    }

    @Nested
    class Inspection extends InspectRules {
        Inspection() {
            super(subject);
        }
    }

    @Nested
    class Operations extends OperateRules {
        Operations() {
            super(subject);
        }
    }

    @Nested
    class Pruning extends PruneRules {
        Pruning() {
            super(subject);
        }
    }

    @Nested
    class Replaying extends ReplayRules {
        Replaying() {
            super(subject);
        }
    }

    @Nested
    class Amendments extends AmendRules {
        Amendments() {
            super(subject);
        }
    }

    @Nested
    class UniqueKeys extends UniqueRules {
        UniqueKeys() {
            super(subject);
        }
    }

    @Nested
    class SelfDescription extends CapabilityRules {
        SelfDescription() {
            super(subject);
        }
    }

    @Nested
    class Arguments extends ArgumentRules {
        Arguments() {
            super(subject);
        }
    }

    @Nested
    class Races extends RaceRules {
        Races() {
            super(subject);
        }
    }

    @Nested
    class Model extends ModelRules {
        Model() {
            super(subject, JobStoreContract.this::modelSeed);
        }
    }
}
