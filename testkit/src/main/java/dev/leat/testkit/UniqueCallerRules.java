package dev.leat.testkit;

import static dev.leat.testkit.Subject.ALL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.KeyBusyException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Failure;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.UniqueKey;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A unique key belongs to who commits; whoever else wants it meanwhile is told soon, and nothing of his is stored. */
abstract class UniqueCallerRules {
    private static final UniqueKey KEY = UniqueKey.untilEnded("order-7");

    private final Subject store;
    private final CallerSubject callers;

    UniqueCallerRules(Subject store, CallerSubject callers) {
        this.store = store;
        this.callers = callers;
    }

    @BeforeEach
    final void needsUniqueKeys() {
        store.assumeHas(Capability.UNIQUE_KEY);
    }

    @Test
    void aCommittedJobHoldsItsKey() throws Exception {
        NewJob first = keyed();
        Connection caller = callers.begin();
        assertThat(callers.enqueue(caller, List.of(first))).containsExactly(new Enqueued.InTransaction(first.id()));
        NewJob second = keyed();
        assertThat(callers.enqueue(caller, List.of(second)))
                .as("in the transaction itself")
                .containsExactly(new Enqueued.Held(second.id(), first.id()));
        caller.commit();

        assertThat(store.store().enqueue(List.of(second))).containsExactly(new Enqueued.Held(second.id(), first.id()));
        assertThat(store.drained(store.claiming(ALL))).containsExactly(first.id());
    }

    @Test
    void aRollbackFreesTheKey() throws Exception {
        Connection caller = callers.begin();
        callers.enqueue(caller, List.of(keyed()));
        caller.rollback();

        NewJob second = store.add(keyed());

        assertThat(store.drained(store.claiming(ALL))).containsExactly(second.id());
    }

    @Test
    void aRollbackGivesAKeyBackThatWasTakenOver() throws Exception {
        NewJob first = store.add(keyed());
        store.settle(store.claimOne(), new Outcome.Discard(Failure.of("no")));
        Connection caller = callers.begin();
        assertThat(callers.enqueue(caller, List.of(keyed()))).hasOnlyElementsOfType(Enqueued.InTransaction.class);
        caller.rollback();
        store.operate().retry(first.lane().tenant(), List.of(first.id()));

        NewJob second = keyed();

        assertThat(store.store().enqueue(List.of(second))).containsExactly(new Enqueued.Held(second.id(), first.id()));
    }

    @Test
    void whoWantsAKeyThatIsBeingTakenIsToldSoAndStoresNothing() throws Exception {
        Connection caller = callers.begin();
        NewJob first = keyed();
        callers.enqueue(caller, List.of(first));
        NewJob second = keyed();
        List<NewJob> jobs = List.of(store.job().one(), second);

        assertBusy(() -> store.store().enqueue(jobs));

        store.assertNothingToClaim();
        caller.commit();
        assertThat(store.store().enqueue(jobs))
                .containsExactly(new Enqueued.Accepted(jobs.get(0).id()), new Enqueued.Held(second.id(), first.id()));
    }

    @Test
    void othersDoNotWaitForWhoIsTakingAKey() throws Exception {
        Connection caller = callers.begin();
        callers.enqueue(caller, List.of(keyed()));

        NewJob other =
                store.add(store.job().unique(UniqueKey.untilEnded("order-8")).one());
        NewJob plain = store.addOne();

        assertThat(store.drained(store.claiming(ALL))).containsExactlyInAnyOrder(other.id(), plain.id());
    }

    @Test
    void aBusyKeyLeavesTheTransactionAsItWas() throws Exception {
        Connection rival = callers.begin();
        callers.enqueue(rival, List.of(keyed()));
        Connection caller = callers.begin();
        CallerSubject.insert(caller, 1);
        List<Object> before = callers.settings(caller);

        assertBusy(() -> callers.enqueue(caller, List.of(keyed())));

        assertThat(callers.settings(caller)).isEqualTo(before);
        CallerSubject.insert(caller, 2);
        NewJob other = store.job().one();
        callers.enqueue(caller, List.of(other));
        caller.commit();
        assertThat(callers.orders()).isEqualTo(2);
        assertThat(store.drained(store.claiming(ALL))).containsExactly(other.id());
    }

    @Test
    void theConnectionsSettingsAreAsBefore() throws Exception {
        Connection caller = callers.begin();
        CallerSubject.insert(caller, 1);
        List<Object> before = callers.settings(caller);

        callers.enqueue(
                caller,
                List.of(
                        keyed(),
                        keyed(),
                        store.job().due(Due.after(Duration.ofHours(1))).one()));

        assertThat(callers.settings(caller)).isEqualTo(before);
        caller.commit();
        assertThat(callers.settings(caller)).isEqualTo(before);
    }

    private NewJob keyed() {
        return store.job().unique(KEY).one();
    }

    private static void assertBusy(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        KeyBusyException.class,
                        busy -> assertThat(busy.effect()).isEqualTo(Effect.NONE))
                .hasMessageContaining("order-7");
    }
}
