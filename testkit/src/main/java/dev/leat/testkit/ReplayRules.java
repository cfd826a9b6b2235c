package dev.leat.testkit;

import static dev.leat.testkit.Subject.LANE;
import static dev.leat.testkit.Subject.SAME_QUEUE;
import static dev.leat.testkit.Subject.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.InvalidValueException;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Payload;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Failure;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Replay;
import dev.leat.api.store.Replay.Ended;
import dev.leat.api.store.Replay.From;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What has ended can be told in its order and run again as copies, and the jobs themselves stay what they are. */
abstract class ReplayRules {
    private static final Outcome DONE = new Outcome.Completed(null);
    private static final From BEGINNING = new From.Time(Instant.EPOCH);

    private final Subject store;

    ReplayRules(Subject store) {
        this.store = store;
    }

    @BeforeEach
    final void assumeReplay() {
        store.assumeHas(Capability.REPLAY);
    }

    @Test
    void whatHasEndedComesInTheOrderInWhichItBecameAvailable() {
        List<NewJob> second = store.job().priority(1).times(5);
        List<NewJob> first = store.add(store.job().priority(7).times(5));
        store.add(second);
        store.add(store.job().lane(SAME_QUEUE).times(3));
        store.settle(store.drain(store.claiming(100)), DONE);

        List<JobId> wanted = new ArrayList<>(ids(first));
        wanted.addAll(ids(second));
        assertThat(replayed(BEGINNING, 100)).extracting(Ended::id).isEqualTo(wanted);
    }

    @Test
    void whatHasNotEndedIsPassedOver() {
        List<NewJob> jobs = store.add(10);
        store.settle(store.claim(store.claiming(4)).leases(), DONE);
        store.settle(store.claim(store.claiming(2)).leases(), new Outcome.Discard(Failure.of("no use")));
        store.claim(store.claiming(2));

        assertThat(replayed(BEGINNING, 100)).extracting(Ended::id).isEqualTo(ids(jobs.subList(0, 6)));
    }

    @Test
    void itBeginsWithAJobOrATime() {
        List<NewJob> early = store.add(10);
        store.clock.advance(Duration.ofHours(1));
        Instant between = store.store().time();
        List<NewJob> late = store.add(10);
        store.settle(store.drain(store.claiming(100)), DONE);

        List<JobId> fromJob = new ArrayList<>(ids(early.subList(7, 10)));
        fromJob.addAll(ids(late));
        assertThat(replayed(new From.Job(early.get(7).id()), 100))
                .extracting(Ended::id)
                .isEqualTo(fromJob);
        assertThat(replayed(new From.Time(between), 100)).extracting(Ended::id).isEqualTo(ids(late));
        assertThat(replayed(new From.Time(between.plus(Duration.ofDays(1))), 100))
                .isEmpty();
    }

    @Test
    void pagesFollowEachOtherWithoutGapOrOverlap() {
        List<NewJob> jobs = store.add(300);
        store.add(store.job().priority(2).times(20));
        store.settle(store.drain(store.claiming(1_000)), DONE);

        List<JobId> all = replayed(BEGINNING, 7).stream().map(Ended::id).toList();

        assertThat(all).hasSize(320).startsWith(ids(jobs).toArray(JobId[]::new)).doesNotHaveDuplicates();
    }

    @Test
    void copiesRunAsNewJobsAndTheirOriginalsStay() {
        store.assumeHas(Capability.INSPECTION);
        Payload payload = Payload.json("{\"to\":\"ada\"}");
        NewJob original = store.add(
                store.job().payload(payload).priority(2).maxAttempts(3).one());
        store.settle(store.claim(store.claiming(1)).leases(), DONE);

        NewJob copy = replayed(BEGINNING, 10).getFirst().copy(store.job().one().id(), 77);
        store.add(copy);

        assertThat(copy.payload()).isEqualTo(payload);
        assertThat(copy.priority()).isEqualTo(2);
        assertThat(copy.maxAttempts()).isEqualTo(3);
        store.assertState(original.id(), JobState.COMPLETED);
        assertThat(store.claim(store.claiming(1))
                        .leases()
                        .getFirst()
                        .claims()
                        .getFirst()
                        .job())
                .isEqualTo(copy.id());
    }

    @Test
    void anotherHandleTellsTheSame() {
        store.add(5);
        store.settle(store.claim(store.claiming(5)).leases(), DONE);

        assertThat(replay(store.other()).ended(LANE, BEGINNING, 10)).isEqualTo(facet().ended(LANE, BEGINNING, 10));
    }

    @Test
    void aPageOfNoneOrTooManyIsRefused() {
        for (int max : new int[] {0, Replay.MOST + 1}) {
            assertThatThrownBy(() -> facet().ended(LANE, BEGINNING, max)).isInstanceOf(InvalidValueException.class);
        }
        assertThatThrownBy(() -> facet().ended(LANE, new From.Mark("nonsense"), 1))
                .isInstanceOf(InvalidValueException.class);
    }

    private List<Ended> replayed(From from, int max) {
        List<Ended> all = new ArrayList<>();
        @Nullable From next = from;
        while (next != null) {
            Replay.Page page = facet().ended(LANE, next, max);
            assertThat(page.jobs()).hasSizeLessThanOrEqualTo(max);
            all.addAll(page.jobs());
            next = page.next();
        }
        return all;
    }

    private Replay facet() {
        return replay(store.store());
    }

    private static Replay replay(JobStore of) {
        return of.feature(Replay.class).orElseThrow();
    }
}
