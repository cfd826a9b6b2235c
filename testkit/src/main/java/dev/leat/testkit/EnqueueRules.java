package dev.leat.testkit;

import static dev.leat.testkit.Subject.ALL;
import static dev.leat.testkit.Subject.LANE;
import static dev.leat.testkit.Subject.OTHER_QUEUE;
import static dev.leat.testkit.Subject.OTHER_TENANT;
import static dev.leat.testkit.Subject.SAME_QUEUE;
import static dev.leat.testkit.Subject.ids;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.ContentType;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Failure;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which jobs a store takes, which it has already, and that it keeps them as they came. */
abstract class EnqueueRules {
    private final Subject store;

    EnqueueRules(Subject store) {
        this.store = store;
    }

    @Test
    void aNewJobIsAcceptedAndAvailable() {
        NewJob job = store.job().one();

        assertThat(store.store().enqueue(List.of(job))).containsExactly(new Enqueued.Accepted(job.id()));

        store.assertState(job.id(), JobState.AVAILABLE);
        assertThat(store.drained(store.claiming(ALL))).containsExactly(job.id());
    }

    @Test
    void anEmptyListIsAnsweredByAnEmptyList() {
        assertThat(store.store().enqueue(List.of())).isEmpty();
    }

    @Test
    void answersStandInTheOrderOfTheQuestions() {
        List<NewJob> jobs = new ArrayList<>(store.job().times(100));
        Collections.shuffle(jobs, new Random(1));

        store.add(jobs);

        assertThat(store.drained(store.claiming(ALL))).containsExactlyInAnyOrderElementsOf(ids(jobs));
    }

    @Test
    void tenThousandJobsInOneCallAreAllKept() {
        List<NewJob> jobs = store.add(JobStore.BATCH_JOBS);

        assertThat(store.drained(store.claiming(1_000))).containsExactlyInAnyOrderElementsOf(ids(jobs));
    }

    @Test
    void oneCallMayServeManyLanesInAnyOrder() {
        List<Lane> lanes = IntStream.range(0, 200)
                .mapToObj(i -> Subject.lane("tenant-" + i % 3, "queue-" + i % 7, "kind-" + i))
                .toList();
        List<NewJob> jobs = IntStream.range(0, 1_000)
                .mapToObj(i -> store.job().lane(lanes.get(i * 31 % 200)).one())
                .toList();
        store.add(jobs);

        for (Lane lane : lanes.subList(0, 5)) {
            assertThat(store.drained(store.claiming(ALL).lanes(lane)))
                    .containsExactlyInAnyOrderElementsOf(ids(
                            jobs.stream().filter(job -> job.lane().equals(lane)).toList()));
        }
        assertThat(store.drained(store.claiming(ALL).lanes(lanes))).hasSize(1_000 - 25);
    }

    @Test
    void everyAllowedValueIsKept() {
        NewJob least = new NewJob(new JobId(1), Long.MIN_VALUE, LANE, Payload.json("0"), 0, 1, Due.now());
        NewJob most = new NewJob(
                new JobId(Long.MAX_VALUE - 1),
                Long.MAX_VALUE,
                LANE,
                Payload.json("1"),
                9,
                NewJob.MOST_ATTEMPTS,
                Due.now());
        store.add(List.of(least, most));

        assertThat(store.store().enqueue(List.of(least, most)))
                .containsExactly(new Enqueued.Duplicate(least.id()), new Enqueued.Duplicate(most.id()));
        List<Lease> leases = store.drain(store.claiming(ALL));
        assertThat(leases).extracting(Lease::priority).containsExactlyInAnyOrder(0, 9);
        assertThat(Subject.claims(leases)).allSatisfy(claim -> {
            NewJob job = claim.job().equals(least.id()) ? least : most;
            assertThat(claim.job()).isEqualTo(job.id());
            assertThat(claim.payload()).isEqualTo(job.payload());
            assertThat(claim.maxAttempts()).isEqualTo(job.maxAttempts());
        });
    }

    @Test
    void namesOfEveryShapeAreKeptApart() {
        String longest = "n".repeat(63);
        List<Lane> lanes = List.of(
                Subject.lane("a", "b", "c"),
                Subject.lane("a", "b.c", "c"),
                Subject.lane("a.b", "c", "c"),
                Subject.lane("a", "b_c", "c"),
                Subject.lane("a", "b-c", "c"),
                Subject.lane("0", "0", "0"),
                Subject.lane(longest, longest, longest));
        List<NewJob> jobs =
                lanes.stream().map(lane -> store.job().lane(lane).one()).toList();
        store.add(jobs);

        for (int i = 0; i < lanes.size(); i++) {
            assertThat(store.drained(store.claiming(ALL).lanes(lanes.get(i))))
                    .containsExactly(jobs.get(i).id());
        }
    }

    // Duplicates.

    @Test
    void theSameJobAgainIsADuplicate() {
        NewJob job = store.addOne();

        assertDuplicate(job);
        assertDuplicate(job);

        assertThat(store.drained(store.claiming(ALL))).containsExactly(job.id());
    }

    @Test
    void aDuplicateMayAskForOtherConditionsAndChangesNone() {
        NewJob job = store.add(store.job().priority(3).maxAttempts(5).one());

        assertDuplicate(new NewJob(job.id(), job.nonce(), job.lane(), job.payload(), 7, 9, Due.now()));
        if (store.has(Capability.DELAY)) {
            assertDuplicate(
                    new NewJob(job.id(), job.nonce(), job.lane(), job.payload(), 3, 5, Due.after(Duration.ofHours(1))));
        }

        Lease lease = store.claimOne();
        assertThat(lease.priority()).isEqualTo(3);
        assertThat(lease.claims().get(0).maxAttempts()).isEqualTo(5);
    }

    @Test
    void aRunningJobIsADuplicateAndStaysInItsLease() {
        NewJob job = store.addOne();
        Lease lease = store.claimOne();

        assertDuplicate(job);

        store.assertNothingToClaim();
        store.assertState(job.id(), JobState.RUNNING);
        store.settle(lease, new Outcome.Completed(null));
    }

    @Test
    void aFinishedJobIsADuplicateAndDoesNotRunAgain() {
        Failure why = Failure.of("no use");
        List<Outcome> ends = List.of(new Outcome.Completed(null), new Outcome.Discard(why), new Outcome.Cancelled(why));
        for (Outcome end : ends) {
            NewJob job = store.addOne();
            store.settle(store.claimOne(), end);

            assertDuplicate(job);

            store.assertNothingToClaim();
        }
    }

    @Test
    void aWaitingJobIsADuplicateAndGoesOnWaiting() {
        Duration wait = Duration.ofHours(1);
        List<Outcome> waits = List.of(new Outcome.Retry(wait, Failure.of("try later")), new Outcome.Snooze(wait));
        for (Outcome outcome : waits) {
            NewJob job = store.addOne();
            store.settle(store.claimOne(), outcome);

            assertDuplicate(job);

            assertThat(store.promoteAll()).isZero();
            store.assertNothingToClaim();
        }
    }

    @Test
    void theSameJobTwiceInOneListIsAcceptedOnce() {
        NewJob job = store.job().one();

        assertThat(store.store().enqueue(List.of(job, job, job)))
                .containsExactly(
                        new Enqueued.Accepted(job.id()),
                        new Enqueued.Duplicate(job.id()),
                        new Enqueued.Duplicate(job.id()));

        assertThat(store.drained(store.claiming(ALL))).containsExactly(job.id());
    }

    @Test
    void aListMayMixNewAndKnownJobs() {
        NewJob known = store.addOne();
        List<NewJob> fresh = store.job().times(2);

        assertThat(store.store().enqueue(List.of(fresh.get(0), known, withNonce(known), fresh.get(1))))
                .containsExactly(
                        new Enqueued.Accepted(fresh.get(0).id()),
                        new Enqueued.Duplicate(known.id()),
                        new Enqueued.Clash(known.id()),
                        new Enqueued.Accepted(fresh.get(1).id()));

        assertThat(store.drained(store.claiming(ALL)))
                .containsExactlyInAnyOrder(
                        known.id(), fresh.get(0).id(), fresh.get(1).id());
    }

    @Test
    void aWholeBatchAskedAgainIsAllDuplicates() {
        List<NewJob> jobs = store.add(1_000);

        assertThat(store.store().enqueue(jobs))
                .isEqualTo(jobs.stream()
                        .map(job -> new Enqueued.Duplicate(job.id()))
                        .toList());

        assertThat(store.drained(store.claiming(ALL))).hasSize(1_000);
    }

    @Test
    void aBatchThatIsHalfKnownIsCompleted() {
        List<NewJob> jobs = store.job().times(1_000);
        store.add(jobs.subList(300, 600));

        List<Enqueued> answers = store.store().enqueue(jobs);

        for (int i = 0; i < jobs.size(); i++) {
            assertThat(answers.get(i))
                    .isInstanceOf(i >= 300 && i < 600 ? Enqueued.Duplicate.class : Enqueued.Accepted.class);
        }
        assertThat(store.drained(store.claiming(ALL))).containsExactlyInAnyOrderElementsOf(ids(jobs));
    }

    @Test
    void aDuplicateIsSeenByEveryHandle() {
        NewJob job = store.addOne();

        assertThat(store.other().enqueue(List.of(job))).containsExactly(new Enqueued.Duplicate(job.id()));
    }

    // Clashes.

    @Test
    void anotherPayloadUnderTheSameIdClashes() {
        NewJob job =
                store.add(store.job().payload("{\"n\":1}".getBytes(US_ASCII)).one());

        assertClash(with(job, job.lane(), Payload.of("{\"n\":2}".getBytes(US_ASCII), ContentType.BYTES)));
        assertClash(with(job, job.lane(), Payload.of(new byte[0], ContentType.BYTES)));

        assertOnlyOriginalRuns(job);
    }

    @Test
    void theSameBytesOfAnotherContentTypeClash() {
        NewJob job = store.add(store.job().payload(Payload.json("{}")).one());

        assertClash(with(job, job.lane(), Payload.of(job.payload().bytes(), ContentType.TEXT)));

        assertOnlyOriginalRuns(job);
    }

    @Test
    void anotherLaneUnderTheSameIdClashes() {
        NewJob job = store.addOne();

        for (Lane lane : List.of(SAME_QUEUE, OTHER_QUEUE, OTHER_TENANT)) {
            assertClash(with(job, lane, job.payload()));
            store.assertNothingToClaim(lane);
        }

        assertOnlyOriginalRuns(job);
    }

    @Test
    void anotherNonceUnderTheSameIdClashes() {
        NewJob job = store.addOne();

        assertClash(withNonce(job));

        assertOnlyOriginalRuns(job);
    }

    @Test
    void aFinishedJobStillClashes() {
        NewJob job = store.addOne();
        store.settle(store.claimOne(), new Outcome.Completed(null));

        assertClash(withNonce(job));

        store.assertNothingToClaim();
        store.assertState(job.id(), JobState.COMPLETED);
    }

    @Test
    void ofTwoJobsWithOneIdInOneListTheFirstIsKept() {
        NewJob first = store.job().one();
        NewJob second = with(first, SAME_QUEUE, Payload.json("\"other\""));

        assertThat(store.store().enqueue(List.of(first, second)))
                .containsExactly(new Enqueued.Accepted(first.id()), new Enqueued.Clash(first.id()));

        store.assertNothingToClaim(SAME_QUEUE);
        assertOnlyOriginalRuns(first);
    }

    private void assertDuplicate(NewJob job) {
        assertThat(store.store().enqueue(List.of(job))).containsExactly(new Enqueued.Duplicate(job.id()));
    }

    private void assertClash(NewJob job) {
        assertThat(store.store().enqueue(List.of(job))).containsExactly(new Enqueued.Clash(job.id()));
    }

    private void assertOnlyOriginalRuns(NewJob job) {
        Lease lease = store.claimOne();
        assertThat(Subject.job(lease)).isEqualTo(job.id());
        assertThat(lease.claims().get(0).payload()).isEqualTo(job.payload());
        store.assertNothingToClaim();
    }

    private static NewJob with(NewJob job, Lane lane, Payload payload) {
        return new NewJob(job.id(), job.nonce(), lane, payload, job.priority(), job.maxAttempts(), job.due());
    }

    private static NewJob withNonce(NewJob job) {
        return new NewJob(
                job.id(), job.nonce() + 1, job.lane(), job.payload(), job.priority(), job.maxAttempts(), job.due());
    }
}
