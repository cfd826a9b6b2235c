package dev.leat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.leat.api.AbsentCapabilityException;
import dev.leat.api.Checks;
import dev.leat.api.store.Capabilities;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Capabilities.Durability;
import dev.leat.api.store.Capabilities.Flag;
import dev.leat.api.store.Capabilities.Grade;
import dev.leat.api.store.Health;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Prune;
import dev.leat.api.store.Replay;
import dev.leat.api.store.Transactional;
import dev.leat.api.store.Wakeups;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a store says of itself is so, and does not change while it is open. */
abstract class CapabilityRules {
    private static final Duration TOLERANCE = Duration.ofMinutes(5);

    private final Subject store;

    CapabilityRules(Subject store) {
        this.store = store;
    }

    @Test
    void theStoreHasAName() {
        String name = store.store().capabilities().store();

        assertThat(Checks.name("store", name)).isEqualTo(name);
    }

    @Test
    void capabilitiesDoNotChange() {
        Capabilities before = store.store().capabilities();
        store.settle(store.leased(10), new Outcome.Completed(null));

        assertThat(store.store().capabilities()).isEqualTo(before);
        assertThat(store.other().capabilities()).isEqualTo(before);
    }

    @Test
    void jobsCanBeLookedAtIfAndOnlyIfItIsSaid() {
        assertThat(store.store().feature(Inspect.class).isPresent()).isEqualTo(store.has(Capability.INSPECTION));
    }

    @Test
    void jobsCanBeChangedByHandIfAndOnlyIfItIsSaid() {
        assertThat(store.store().feature(Operate.class).isPresent()).isEqualTo(store.has(Capability.OPERATION));
    }

    @Test
    void jobsAreRemovedIfAndOnlyIfItIsSaid() {
        assertThat(store.store().feature(Prune.class).isPresent()).isEqualTo(store.has(Capability.RETENTION));
    }

    @Test
    void jobsCanJoinATransactionIfAndOnlyIfItIsSaid() {
        assertThat(store.store().feature(Transactional.class).isPresent())
                .isEqualTo(store.has(Capability.TRANSACTIONAL_ENQUEUE));
    }

    @Test
    void completionsCanJoinATransactionIfAndOnlyIfItIsSaid() {
        assertThat(store.store().feature(Transactional.class).isPresent())
                .isEqualTo(store.has(Capability.TRANSACTIONAL_COMPLETION));
    }

    @Test
    void whoWaitsIsToldIfAndOnlyIfItIsSaid() {
        assertThat(store.store().feature(Wakeups.class).isPresent()).isEqualTo(store.has(Capability.WAKEUPS));
    }

    @Test
    void whatHasEndedIsToldAgainIfAndOnlyIfItIsSaid() {
        assertThat(store.store().feature(Replay.class).isPresent()).isEqualTo(store.has(Capability.REPLAY));
    }

    @Test
    void theUsualWordsFollowFromWhatItCanDo() {
        Capabilities capabilities = store.store().capabilities();
        assertThat(capabilities.flags()).contains(Flag.ATOMIC_ACK, Flag.IDEMPOTENT_ENQUEUE);
        assertThat(capabilities.flags().contains(Flag.PERSISTENCE))
                .isEqualTo(capabilities.durability() != Durability.D0);
        assertThat(capabilities.flags().contains(Flag.TRANSACTIONS))
                .isEqualTo(store.has(Capability.TRANSACTIONAL_ENQUEUE));
        assertThat(capabilities.flags().contains(Flag.PRIORITIZATION)).isEqualTo(store.has(Capability.PRIORITY));
        assertThat(capabilities.flags().contains(Flag.BATCH_OPERATIONS)).isEqualTo(store.has(Capability.BATCH_ENQUEUE));
        assertThat(capabilities.flags().contains(Flag.REPLAY)).isEqualTo(store.has(Capability.REPLAY));
        assertThat(capabilities.flags().contains(Flag.STREAMING)).isEqualTo(store.has(Capability.WAKEUPS));
    }

    @Test
    void whatIsNoFacetIsNotThere() {
        assertThat(store.store().feature(UUID.class)).isEmpty();
        assertThat(store.store().feature(Runnable.class)).isEmpty();
    }

    @Test
    void whatIsAbsentIsRefusedByNameAndWhatIsPresentIsNot() {
        Capabilities capabilities = store.store().capabilities();
        for (Capability capability : Capability.values()) {
            if (capabilities.grade(capability) == Grade.ABSENT) {
                assertThatThrownBy(() -> capabilities.require(capability, "postgres"))
                        .isInstanceOf(AbsentCapabilityException.class)
                        .hasMessageContaining(capability.word())
                        .hasMessageContaining(capabilities.store());
            } else {
                capabilities.require(capability, "postgres");
            }
        }
    }

    @Test
    void anOpenStoreIsHealthy() {
        Health health = store.store().health();

        assertThat(health.status()).as(health.detail()).isEqualTo(Health.Status.HEALTHY);
        assertThat(health.detail()).isNotBlank();
    }

    @Test
    void theStoresTimeIsTheClocks() {
        for (Duration advance : new Duration[] {Duration.ZERO, Duration.ofHours(1), Duration.ofDays(1_000)}) {
            store.clock.advance(advance);
            for (JobStore handle : new JobStore[] {store.store(), store.other()}) {
                assertThat(handle.time())
                        .isBetween(
                                store.clock.instant().minus(TOLERANCE),
                                store.clock.instant().plus(TOLERANCE));
            }
        }
    }

    @Test
    void theStoresTimeDoesNotRunBackwards() {
        Instant last = store.store().time();
        for (int i = 0; i < 100; i++) {
            Instant now = store.store().time();
            assertThat(now).isAfterOrEqualTo(last);
            last = now;
        }
    }

    @Test
    void aStoreMayBeClosedTwice() {
        store.addOne();

        store.store().close();
        store.store().close();
    }

    @Test
    void closingAHandleLeavesItsJobsAlone() {
        JobStore other = store.other();
        assumeFalse(other.equals(store.store()), "the store is one object");
        Lease lease = store.leased(3);

        other.close();

        store.settle(lease, new Outcome.Completed(null));
    }
}
