package dev.leat.testkit;

import static dev.leat.testkit.Subject.ALL;
import static dev.leat.testkit.Subject.LANE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.JobState;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a caller is answered, what is refused, and that its connection is left as it was. */
abstract class CallerRules {
    private static final Outcome DONE = new Outcome.Completed(null);
    private static final Duration HOUR = Duration.ofHours(1);

    private final Subject store;
    private final CallerSubject callers;

    CallerRules(Subject store, CallerSubject callers) {
        this.store = store;
        this.callers = callers;
    }

    // Answers.

    @Test
    void aKnownJobIsADuplicate() throws Exception {
        NewJob available = store.addOne();
        NewJob done = store.add(store.job().lane(Subject.SAME_QUEUE).one());
        store.settle(store.claimOne(store.claiming(1).lanes(Subject.SAME_QUEUE)), DONE);
        Connection caller = callers.begin();

        assertThat(callers.enqueue(caller, List.of(available, done)))
                .containsExactly(new Enqueued.Duplicate(available.id()), new Enqueued.Duplicate(done.id()));
        caller.commit();

        assertThat(store.drained(store.claiming(ALL).lanes(LANE, Subject.SAME_QUEUE)))
                .containsExactly(available.id());
    }

    @Test
    void anotherJobUnderTheSameIdClashes() throws Exception {
        NewJob known = store.addOne();
        NewJob fresh = store.job().one();
        Connection caller = callers.begin();
        CallerSubject.insert(caller, 1);

        assertThat(callers.enqueue(caller, List.of(other(known), fresh)))
                .containsExactly(new Enqueued.Clash(known.id()), new Enqueued.InTransaction(fresh.id()));
        CallerSubject.insert(caller, 2);
        caller.commit();

        assertThat(callers.orders())
                .as("a clash does not spoil the transaction")
                .isEqualTo(2);
        assertThat(store.drained(store.claiming(ALL))).containsExactlyInAnyOrder(known.id(), fresh.id());
    }

    @Test
    void aTransactionKnowsItsOwnJobs() throws Exception {
        NewJob job = store.job().one();
        Connection caller = callers.begin();

        assertThat(callers.enqueue(caller, List.of(job, job, other(job))))
                .containsExactly(
                        new Enqueued.InTransaction(job.id()),
                        new Enqueued.Duplicate(job.id()),
                        new Enqueued.Clash(job.id()));
        assertThat(callers.enqueue(caller, List.of(job, other(job))))
                .containsExactly(new Enqueued.Duplicate(job.id()), new Enqueued.Clash(job.id()));
        caller.commit();

        assertThat(store.drained(store.claiming(ALL))).containsExactly(job.id());
    }

    @Test
    void aCommittedJobIsKnownToEverybody() throws Exception {
        NewJob job = store.job().one();
        Connection caller = callers.begin();
        callers.enqueue(caller, List.of(job));
        caller.commit();

        assertThat(store.store().enqueue(List.of(job, other(job))))
                .containsExactly(new Enqueued.Duplicate(job.id()), new Enqueued.Clash(job.id()));
    }

    // Time.

    @Test
    void dueTimesAreJudgedByTheStoresClock() throws Exception {
        store.assumeHas(Capability.DELAY);
        store.clock.advance(Duration.ofDays(2));
        Connection caller = callers.begin();
        NewJob delayed = store.job().due(Due.after(HOUR)).one();
        NewJob passed =
                store.job().due(Due.at(store.store().time().minus(HOUR))).one();
        NewJob now = store.job().one();
        callers.enqueue(caller, List.of(delayed, passed, now));
        caller.commit();

        assertThat(store.promoteAll()).isZero();
        assertThat(store.drained(store.claiming(ALL))).containsExactlyInAnyOrder(passed.id(), now.id());
        store.assertState(delayed.id(), JobState.SCHEDULED);
        store.clock.advance(HOUR.plusMinutes(5));
        assertThat(store.promoteAll()).isEqualTo(1);
        assertThat(store.drained(store.claiming(ALL))).containsExactly(delayed.id());
    }

    // Refusals.

    @Test
    void aConnectionThatCommitsByItselfIsRefused() throws Exception {
        Connection caller = callers.begin();
        caller.setAutoCommit(true);

        assertSlip(caller, store.job().times(2));

        assertThat(caller.getAutoCommit()).isTrue();
        store.assertNothingToClaim();
    }

    @Test
    void aConnectionThatLeadsElsewhereIsRefused() throws Exception {
        List<Connection> elsewhere = callers.elsewhere();
        assertThat(elsewhere).isNotEmpty();
        for (Connection caller : elsewhere) {
            caller.setAutoCommit(false);

            assertSlip(caller, store.job().times(2));

            caller.commit();
        }
        store.assertNothingToClaim();
    }

    @Test
    void moreJobsThanOneCallMayHoldAreRefused() throws Exception {
        Connection caller = callers.begin();
        CallerSubject.insert(caller, 1);

        assertSlip(caller, store.job().times(JobStore.BATCH_JOBS + 1));

        CallerSubject.insert(caller, 2);
        caller.commit();
        assertThat(callers.orders()).as("a slip does not spoil the transaction").isEqualTo(2);
        store.assertNothingToClaim();
    }

    // Settings.

    @Test
    void theConnectionsSettingsAreAsBefore() throws Exception {
        for (int isolation : new int[] {
            Connection.TRANSACTION_READ_COMMITTED,
            Connection.TRANSACTION_REPEATABLE_READ,
            Connection.TRANSACTION_SERIALIZABLE
        }) {
            Connection caller = callers.begin();
            if (!caller.getMetaData().supportsTransactionIsolationLevel(isolation)) {
                continue;
            }
            caller.setTransactionIsolation(isolation);
            CallerSubject.insert(caller, isolation);
            List<Object> before = callers.settings(caller);
            NewJob job = store.job().one();

            callers.enqueue(caller, List.of(job, job));

            assertThat(callers.settings(caller)).isEqualTo(before);
            caller.commit();
            assertThat(callers.settings(caller)).isEqualTo(before);
            assertThat(store.drained(store.claiming(ALL))).containsExactly(job.id());
        }
    }

    private void assertSlip(Connection connection, List<NewJob> jobs) {
        assertThatThrownBy(() -> callers.enqueue(connection, jobs)).isInstanceOf(IllegalArgumentException.class);
    }

    private static NewJob other(NewJob job) {
        return new NewJob(
                job.id(), job.nonce() + 1, job.lane(), job.payload(), job.priority(), job.maxAttempts(), job.due());
    }
}
