package dev.leat.testkit;

import static dev.leat.testkit.ControlSubject.KEY;
import static dev.leat.testkit.ControlSubject.append;
import static dev.leat.testkit.ControlSubject.done;
import static dev.leat.testkit.ControlSubject.newRecord;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.control.Change;
import dev.leat.api.control.Leadership;
import dev.leat.api.control.Written;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** At most one node leads a role, and the writes of one that was deposed are refused. */
abstract class LeaderRules {
    private static final String ROLE = "scheduler";
    private static final Duration LEASE = Duration.ofHours(1);
    private static final Duration LONGER_THAN_LEASE = Duration.ofHours(2);

    private final ControlSubject store;

    LeaderRules(ControlSubject store) {
        this.store = store;
    }

    @Test
    void theFirstWhoAsksLeads() {
        Instant before = store.store().time();
        Leadership leadership = lead("node-a");
        Instant after = store.store().time();

        assertThat(leadership.role()).isEqualTo(ROLE);
        assertThat(leadership.node()).isEqualTo("node-a");
        assertThat(leadership.epoch()).isPositive();
        assertThat(leadership.expiresAt()).isBetween(before.plus(LEASE), after.plus(LEASE));
    }

    @Test
    void nobodyElseLeadsMeanwhile() {
        lead("node-a");

        assertThat(asked("node-b")).isEmpty();
        assertThat(store.other().lead(ROLE, "node-c", LEASE)).isEmpty();
        store.clock.advance(LEASE.minusMinutes(5));
        assertThat(asked("node-b")).isEmpty();
    }

    @Test
    void theLeaderGoesOnUnderTheSameEpoch() {
        Leadership first = lead("node-a");
        Leadership last = first;
        for (int i = 0; i < 5; i++) {
            store.clock.advance(LEASE.minusMinutes(5));
            Leadership next = lead("node-a");
            assertThat(next.epoch()).isEqualTo(first.epoch());
            assertThat(next.expiresAt()).isAfter(last.expiresAt());
            assertThat(asked("node-b")).isEmpty();
            last = next;
        }
    }

    @Test
    void anotherTakesOverWhenTheLeadersTimeHasPassed() {
        Leadership first = lead("node-a");
        store.clock.advance(LONGER_THAN_LEASE);

        Leadership second = lead("node-b");

        assertThat(second.node()).isEqualTo("node-b");
        assertThat(second.epoch()).isGreaterThan(first.epoch());
        assertThat(asked("node-a")).isEmpty();
    }

    @Test
    void aLeaderThatComesBackTooLateGetsANewEpoch() {
        Leadership first = lead("node-a");
        store.clock.advance(LONGER_THAN_LEASE);

        assertThat(lead("node-a").epoch()).isGreaterThan(first.epoch());
    }

    @Test
    void epochsOnlyGrow() {
        long last = 0;
        for (int i = 0; i < 10; i++) {
            Leadership leadership = lead("node-" + i % 3);
            assertThat(leadership.epoch()).isGreaterThan(last);
            last = leadership.epoch();
            if (i % 2 == 0) {
                store.store().resign(leadership);
            } else {
                store.clock.advance(LONGER_THAN_LEASE);
            }
        }
    }

    @Test
    void eachRoleHasItsOwnLeader() {
        lead("node-a");

        assertThat(store.store().lead("pruner", "node-b", LEASE)).isPresent();
        assertThat(store.store().lead("pruner", "node-a", LEASE)).isEmpty();
    }

    @Test
    void leasesTooShortOrTooLongAreRefused() {
        for (Duration wrong : List.of(
                Duration.ZERO,
                Duration.ofMillis(99),
                Duration.ofMillis(-1),
                Duration.ofDays(1).plusNanos(1))) {
            assertThatThrownBy(() -> store.store().lead(ROLE, "node-a", wrong))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(asked("node-b")).as("nobody leads").isPresent();
    }

    @Test
    void leasesMayBeAsShortAndAsLongAsAllowed() {
        assertThat(store.store().lead(ROLE, "node-a", Duration.ofDays(1))).isPresent();
        assertThat(store.store().lead("pruner", "node-a", Duration.ofMillis(100)))
                .isPresent();
    }

    // Resign.

    @Test
    void afterAResignationNobodyWaits() {
        Leadership first = lead("node-a");

        store.store().resign(first);

        assertThat(lead("node-b").epoch()).isGreaterThan(first.epoch());
    }

    @Test
    void whoResignedMayLeadAgainUnderANewEpoch() {
        Leadership first = lead("node-a");
        store.store().resign(first);

        assertThat(lead("node-a").epoch()).isGreaterThan(first.epoch());
    }

    @Test
    void anOldLeaderCannotResignForTheNewOne() {
        Leadership old = lead("node-a");
        store.clock.advance(LONGER_THAN_LEASE);
        Leadership now = lead("node-b");

        store.store().resign(old);

        assertThat(asked("node-a")).isEmpty();
        assertThat(lead("node-b").epoch()).isEqualTo(now.epoch());
    }

    @Test
    void anOldEpochOfTheSameNodeCannotResignForTheNewOne() {
        Leadership old = lead("node-a");
        store.clock.advance(LONGER_THAN_LEASE);
        Leadership now = lead("node-a");

        store.store().resign(old);

        assertThat(asked("node-b")).isEmpty();
        assertThat(lead("node-a").epoch()).isEqualTo(now.epoch());
    }

    @Test
    void aLeaderThatWentOnMayResignByWhatItWasFirstGranted() {
        Leadership first = lead("node-a");
        lead("node-a");

        store.store().resign(first);

        assertThat(asked("node-b")).isPresent();
    }

    // Writes.

    @Test
    void aLeaderWrites() {
        Leadership leadership = lead("node-a");

        long version = done(store.store().write(List.of(newRecord(KEY, "1"), append("1")), leadership));

        assertThat(store.get(KEY).orElseThrow().version()).isEqualTo(version);
        assertThat(store.entries()).containsExactly("1");
    }

    @Test
    void aLeaderThatWentOnWritesUnderWhatItWasFirstGranted() {
        Leadership first = lead("node-a");
        store.clock.advance(LEASE.minusMinutes(5));
        lead("node-a");
        store.clock.advance(LEASE.minusMinutes(5));

        done(store.store().write(List.of(newRecord(KEY, "1")), first));
    }

    @Test
    void aDeposedLeaderWritesNothing() {
        Leadership old = lead("node-a");
        store.done(newRecord(KEY, "1"), append("1"));
        long version = store.get(KEY).orElseThrow().version();
        store.clock.advance(LONGER_THAN_LEASE);
        Leadership now = lead("node-b");
        List<Object> before = store.everything();

        for (Change change : List.of(
                new Change.Put(KEY, version, "2"),
                newRecord(ControlSubject.key("new"), "2"),
                new Change.Delete(KEY, version),
                append("2"))) {
            assertThat(store.store().write(List.of(change), old)).isEqualTo(new Written.Deposed(old));
            assertThat(store.other().write(List.of(change), old)).isEqualTo(new Written.Deposed(old));
        }

        assertThat(store.everything()).isEqualTo(before);
        done(store.store().write(List.of(new Change.Put(KEY, version, "2")), now));
    }

    @Test
    void aNodeDeposedByItselfWritesNothing() {
        Leadership old = lead("node-a");
        store.clock.advance(LONGER_THAN_LEASE);
        Leadership now = lead("node-a");

        assertThat(store.store().write(List.of(newRecord(KEY, "1")), old)).isEqualTo(new Written.Deposed(old));
        done(store.store().write(List.of(newRecord(KEY, "1")), now));
    }

    @Test
    void whoResignedWritesNothingOnceAnotherLeads() {
        Leadership old = lead("node-a");
        store.store().resign(old);
        lead("node-b");

        assertThat(store.store().write(List.of(newRecord(KEY, "1")), old)).isEqualTo(new Written.Deposed(old));
        assertThat(store.get(KEY)).isEmpty();
    }

    @Test
    void aLeaderOfAnotherRoleIsNotDeposed() {
        Leadership scheduler = lead("node-a");
        assertThat(store.store().lead("pruner", "node-b", LEASE)).isPresent();

        done(store.store().write(List.of(newRecord(KEY, "1")), scheduler));
    }

    @Test
    void aWriteThatAnyNodeMayMakeNeedsNoLeader() {
        lead("node-a");

        store.done(newRecord(KEY, "1"));
    }

    // Races.

    @Test
    void ofSixteenContendersOneLeads() throws Exception {
        long last = 0;
        for (int round = 0; round < 10; round++) {
            List<Optional<Leadership>> answers =
                    Race.of(16, thread -> () -> store.handle(thread).lead(ROLE, "node-" + thread, LEASE));

            List<Leadership> granted =
                    answers.stream().flatMap(Optional::stream).toList();
            assertThat(granted).hasSize(1);
            assertThat(granted.get(0).epoch()).isGreaterThan(last);
            last = granted.get(0).epoch();
            store.clock.advance(LONGER_THAN_LEASE);
        }
    }

    @Test
    void afterATakeOverIsAnsweredTheOldLeaderWritesNothing() throws Exception {
        for (int round = 0; round < 10; round++) {
            Leadership old = lead("node-a");
            store.clock.advance(LONGER_THAN_LEASE);
            AtomicBoolean taken = new AtomicBoolean();
            int name = round;
            Callable<Boolean> writer = () -> {
                boolean lateWriteAccepted = false;
                boolean late;
                int i = 0;
                do {
                    late = taken.get();
                    Change change = newRecord(ControlSubject.key("r" + name + "-" + i++), "1");
                    Written written = store.store().write(List.of(change), old);
                    lateWriteAccepted |= late && written instanceof Written.Done;
                } while (!late);
                return lateWriteAccepted;
            };
            Callable<Boolean> taker = () -> {
                try {
                    return store.other().lead(ROLE, "node-b", LEASE).isEmpty();
                } finally {
                    taken.set(true);
                }
            };

            assertThat(Race.of(List.of(writer, taker))).containsExactly(false, false);
            store.clock.advance(LONGER_THAN_LEASE);
        }
    }

    private Optional<Leadership> asked(String node) {
        return store.store().lead(ROLE, node, LEASE);
    }

    private Leadership lead(String node) {
        return asked(node).orElseThrow(() -> new AssertionError(node + " does not lead"));
    }
}
