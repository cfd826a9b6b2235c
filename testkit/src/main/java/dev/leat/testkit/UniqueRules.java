package dev.leat.testkit;

import static dev.leat.testkit.Subject.ALL;
import static dev.leat.testkit.Subject.LANE;
import static dev.leat.testkit.Subject.OTHER_QUEUE;
import static dev.leat.testkit.Subject.OTHER_TENANT;
import static dev.leat.testkit.Subject.SAME_QUEUE;
import static dev.leat.testkit.Subject.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.leat.api.AbsentCapabilityException;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.KeyBusyException;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Failure;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operated;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Prune;
import dev.leat.api.store.Retention;
import dev.leat.api.store.UniqueKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Of the jobs of a lane with one unique key, one is stored at a time, and the key is free exactly when its rule says so. */
abstract class UniqueRules {
    private static final int THREADS = 32;
    private static final int MOST_ROUNDS = 10_000;
    private static final Outcome DONE = new Outcome.Completed(null);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MOMENT = Duration.ofMinutes(5);
    private static final UniqueKey KEY = UniqueKey.untilEnded("order-7");
    private static final UniqueKey FOR_AN_HOUR = UniqueKey.within(HOUR, "order-7");

    private final Subject store;

    UniqueRules(Subject store) {
        this.store = store;
    }

    @Test
    void aStoreWithoutUniqueKeysRefusesJobsThatHaveThem() {
        assumeFalse(store.has(Capability.UNIQUE_KEY), "the store has unique keys");

        assertThatThrownBy(() -> store.store().enqueue(List.of(store.job().one(), keyed(KEY))))
                .isInstanceOf(AbsentCapabilityException.class);

        store.assertNothingToClaim();
    }

    // Who holds a key.

    @Test
    void ofTwoJobsWithOneKeyTheFirstIsStored() {
        NewJob first = added(KEY);
        NewJob second = keyed(KEY);

        assertThat(enqueue(second)).isEqualTo(new Enqueued.Held(second.id(), first.id()));

        assertThat(store.drained(store.claiming(ALL))).containsExactly(first.id());
        if (store.has(Capability.INSPECTION)) {
            assertThat(store.inspect().find(LANE.tenant(), second.id())).isEmpty();
            assertThat(store.inspect().counts(LANE.tenant(), LANE.queue())).containsOnlyKeys(JobState.RUNNING);
        }
    }

    @Test
    void aKeyIsHeldForEveryHandle() {
        NewJob first = added(KEY);
        NewJob second = keyed(KEY);

        assertThat(store.other().enqueue(List.of(second))).containsExactly(new Enqueued.Held(second.id(), first.id()));
    }

    @Test
    void theSameJobAgainIsADuplicateWhoeverHoldsItsKey() {
        NewJob first = added(KEY);
        assertThat(enqueue(first)).isEqualTo(new Enqueued.Duplicate(first.id()));

        completeAll();
        NewJob second = added(KEY);

        assertThat(enqueue(first)).isEqualTo(new Enqueued.Duplicate(first.id()));
        assertThat(enqueue(second)).isEqualTo(new Enqueued.Duplicate(second.id()));
        assertThat(enqueue(other(second))).isEqualTo(new Enqueued.Clash(second.id()));
        assertThat(store.drained(store.claiming(ALL))).containsExactly(second.id());
    }

    @Test
    void aJobThatWasNotStoredMayBeAskedForAgain() {
        NewJob first = added(KEY);
        NewJob second = keyed(KEY);
        assertHeld(second, first);

        completeAll();

        store.add(second);
        assertThat(store.drained(store.claiming(ALL))).containsExactly(second.id());
    }

    @Test
    void aKeyIsTheLanesOwn() {
        Lane[] lanes = {LANE, SAME_QUEUE, OTHER_QUEUE, OTHER_TENANT};
        store.assumeHas(Capability.UNIQUE_KEY);
        for (Lane lane : lanes) {
            NewJob first = store.add(store.job().lane(lane).unique(KEY).one());
            assertHeld(store.job().lane(lane).unique(KEY).one(), first);
        }
        assertThat(store.drained(store.claiming(ALL).lanes(lanes))).hasSize(lanes.length);
    }

    @Test
    void keysAreComparedCharacterByCharacter() {
        store.assumeHas(Capability.UNIQUE_KEY);
        List<String> texts = List.of(
                "a",
                "A",
                " a",
                "a ",
                "a\u200d",
                "\u00e9",
                "e\u0301",
                "%",
                "_",
                "'",
                "\"",
                "\\",
                "\t",
                "\n",
                "\u2028",
                "\u202e",
                "null",
                "\ud83d\ude00".repeat(UniqueKey.LONGEST),
                "x".repeat(UniqueKey.LONGEST));

        List<NewJob> first =
                texts.stream().map(UniqueKey::untilEnded).map(this::added).toList();

        for (int i = 0; i < texts.size(); i++) {
            assertHeld(keyed(UniqueKey.untilEnded(texts.get(i))), first.get(i));
        }
    }

    @Test
    void jobsWithoutAKeyHoldNone() {
        store.addOne();
        NewJob first = added(KEY);
        store.addOne();

        assertHeld(keyed(KEY), first);
    }

    @Test
    void aScheduledJobHoldsItsKey() {
        store.assumeHas(Capability.UNIQUE_KEY);
        store.assumeHas(Capability.DELAY);
        NewJob later = store.add(store.job().due(Due.after(HOUR)).unique(KEY).one());
        NewJob at = store.job()
                .due(Due.at(store.store().time().plus(HOUR)))
                .unique(UniqueKey.untilEnded("other"))
                .one();
        store.add(at);
        store.assertNothingToClaim();
        store.assertState(List.of(later.id(), at.id()), JobState.SCHEDULED);

        assertHeld(keyed(KEY), later);

        store.clock.advance(HOUR.plus(MOMENT));
        assertThat(store.promoteAll()).isEqualTo(2);
        assertHeld(keyed(KEY), later);
        completeAll();
        added(KEY);
    }

    // Many in a call.

    @Test
    void inOneCallTheFirstWithAKeyIsStored() {
        store.assumeHas(Capability.UNIQUE_KEY);
        NewJob known = added(UniqueKey.untilEnded("held"));
        List<NewJob> backwards = new ArrayList<>(store.job().unique(KEY).times(3));
        Collections.reverse(backwards);
        NewJob plain = store.job().one();
        NewJob held = keyed(UniqueKey.untilEnded("held"));
        List<NewJob> jobs = new ArrayList<>(backwards);
        jobs.addAll(List.of(plain, held, backwards.get(0), known));

        assertThat(store.store().enqueue(jobs))
                .containsExactly(
                        new Enqueued.Accepted(backwards.get(0).id()),
                        new Enqueued.Held(
                                backwards.get(1).id(), backwards.get(0).id()),
                        new Enqueued.Held(
                                backwards.get(2).id(), backwards.get(0).id()),
                        new Enqueued.Accepted(plain.id()),
                        new Enqueued.Held(held.id(), known.id()),
                        new Enqueued.Duplicate(backwards.get(0).id()),
                        new Enqueued.Duplicate(known.id()));

        assertThat(store.drained(store.claiming(ALL)))
                .containsExactlyInAnyOrder(known.id(), backwards.get(0).id(), plain.id());
    }

    @Test
    void aWholeBatchOfKeysIsStoredAndThenHeldAndThenTakenOver() {
        store.assumeHas(Capability.UNIQUE_KEY);
        int n = 2_000;
        List<NewJob> first = batch(n);
        store.add(first);
        List<NewJob> second = batch(n);

        assertThat(store.store().enqueue(second))
                .isEqualTo(IntStream.range(0, n)
                        .<Enqueued>mapToObj(i -> new Enqueued.Held(
                                second.get(i).id(), first.get(i).id()))
                        .toList());

        completeAll();
        store.add(second);
        assertThat(store.drained(store.claiming(ALL))).containsExactlyInAnyOrderElementsOf(ids(second));
    }

    private List<NewJob> batch(int n) {
        return IntStream.range(0, n)
                .mapToObj(i -> keyed(UniqueKey.untilEnded("key-" + i)))
                .toList();
    }

    // Until the job has ended.

    @Test
    void aJobThatHasEndedFreesItsKey() {
        store.assumeHas(Capability.UNIQUE_KEY);
        Failure failure = Failure.of("no");
        for (Outcome end : List.of(DONE, new Outcome.Discard(failure), new Outcome.Cancelled(failure))) {
            NewJob first = added(KEY);
            Lease lease = store.claimOne();
            assertHeld(keyed(KEY), first);
            store.settle(lease, end);
        }
        added(KEY);
    }

    @Test
    void aJobThatWillRunAgainKeepsItsKey() {
        NewJob job = added(KEY);
        store.settle(store.claimOne(), new Outcome.Release());
        assertHeld(keyed(KEY), job);
        if (store.has(Capability.DELAY)) {
            store.settle(store.claimOne(), new Outcome.Retry(HOUR, Failure.of("no")));
            assertHeld(keyed(KEY), job);
            store.clock.advance(HOUR.plus(MOMENT));
            store.promoteAll();
            assertHeld(keyed(KEY), job);
        }
        store.claimOne();
        store.die();
        assertHeld(keyed(KEY), job);
        store.settle(store.claimOne(store.claiming(1).suspects()), DONE);
        added(KEY);
    }

    @Test
    void aJobCancelledByHandFreesItsKey() {
        NewJob first = added(KEY);
        store.operate().cancel(LANE.tenant(), List.of(first.id()));

        NewJob second = added(KEY);

        assertThat(store.drained(store.claiming(ALL))).containsExactly(second.id());
    }

    @Test
    void aJobRetriedByHandHoldsItsKeyAgain() {
        NewJob first = discarded();

        retry(first);

        assertHeld(keyed(KEY), first);
        completeAll();
        added(KEY);
    }

    @Test
    void aJobRetriedByHandRunsWithoutAKeyThatWasTakenSince() {
        NewJob first = discarded();
        NewJob second = added(KEY);

        retry(first);

        assertHeld(keyed(KEY), second);
        assertThat(store.drained(store.claiming(ALL))).containsExactly(second.id(), first.id());
        assertHeld(keyed(KEY), second);
    }

    private NewJob discarded() {
        store.assumeHas(Capability.OPERATION);
        NewJob job = added(KEY);
        store.settle(store.claimOne(), new Outcome.Discard(Failure.of("no")));
        return job;
    }

    private void retry(NewJob job) {
        assertThat(store.operate().retry(LANE.tenant(), List.of(job.id())))
                .containsExactly(new Operated.Done(job.id(), LANE, JobState.AVAILABLE));
    }

    @Test
    void aJobThatIsMovedKeepsItsKeyWhereItWasEnqueued() {
        NewJob job = added(KEY);
        store.operate().amend(LANE.tenant(), List.of(job.id()), new Amendment.Move(OTHER_QUEUE.queue()));

        assertHeld(keyed(KEY), job);
        NewJob there = store.add(store.job().lane(OTHER_QUEUE).unique(KEY).one());

        store.settle(store.drain(store.claiming(ALL).lanes(OTHER_QUEUE)), DONE);
        NewJob next = added(KEY);
        store.add(store.job().lane(OTHER_QUEUE).unique(KEY).one());
        assertHeld(keyed(KEY), next);
        store.assertState(List.of(job.id(), there.id()), JobState.COMPLETED);
    }

    @Test
    void anAmendedJobKeepsItsKey() {
        NewJob job = added(KEY);
        store.operate()
                .amend(LANE.tenant(), List.of(job.id()), new Amendment.ReplacePayload(Payload.json("\"other\"")));
        store.operate().amend(LANE.tenant(), List.of(job.id()), new Amendment.Reprioritise(0));

        assertHeld(keyed(KEY), job);
        assertThat(enqueue(job)).isEqualTo(new Enqueued.Duplicate(job.id()));
    }

    // Windows.

    @Test
    void aWindowIsOverWhenTheStoresClockSaysSo() {
        NewJob first = added(FOR_AN_HOUR);

        store.clock.advance(HOUR.minus(MOMENT));
        assertHeld(keyed(FOR_AN_HOUR), first);
        store.clock.advance(MOMENT.multipliedBy(2));

        NewJob second = added(FOR_AN_HOUR);
        store.clock.advance(HOUR.minus(MOMENT));
        assertHeld(keyed(FOR_AN_HOUR), second);
        assertThat(store.drained(store.claiming(ALL))).containsExactly(first.id(), second.id());
    }

    @Test
    void aWindowLastsLongerThanItsJob() {
        NewJob first = added(FOR_AN_HOUR);
        completeAll();

        assertHeld(keyed(FOR_AN_HOUR), first);
        store.clock.advance(HOUR.plus(MOMENT));

        added(FOR_AN_HOUR);
    }

    @Test
    void aKeyIsJudgedByHowItsHolderAskedForIt() {
        NewJob first = added(FOR_AN_HOUR);
        completeAll();
        assertHeld(keyed(KEY), first);
        store.clock.advance(HOUR.plus(MOMENT));

        NewJob second = added(KEY);
        store.clock.advance(HOUR.multipliedBy(24 * 400));
        assertHeld(keyed(FOR_AN_HOUR), second);
        completeAll();

        added(FOR_AN_HOUR);
    }

    @Test
    void theLongestAndTheShortestWindowAreKept() {
        NewJob year = added(UniqueKey.within(UniqueKey.LONGEST_WINDOW, "year"));
        added(UniqueKey.within(UniqueKey.SHORTEST_WINDOW, "second"));

        store.clock.advance(UniqueKey.LONGEST_WINDOW.minus(MOMENT));
        assertHeld(keyed(UniqueKey.untilEnded("year")), year);
        added(UniqueKey.within(UniqueKey.SHORTEST_WINDOW, "second"));
        store.clock.advance(MOMENT.multipliedBy(2));

        added(UniqueKey.untilEnded("year"));
    }

    // Pruning.

    @Test
    void aKeyIsFreeOnceItsJobWasPruned() {
        NewJob first = added(KEY);
        completeAll();
        pruneAll();

        NewJob second = added(KEY);
        assertHeld(keyed(KEY), second);
        completeAll();
        store.add(first);
    }

    @Test
    void aWindowOutlivesAPrunedJob() {
        UniqueKey month = UniqueKey.within(Duration.ofDays(30), "order-7");
        NewJob first = added(month);
        completeAll();
        pruneAll();

        assertHeld(keyed(month), first);
        assertHeld(first, first);

        store.clock.advance(Duration.ofDays(30));
        pruneAll();
        added(month);
    }

    private void pruneAll() {
        store.assumeHas(Capability.RETENTION);
        Prune prune = store.store().feature(Prune.class).orElseThrow();
        store.clock.advance(Duration.ofDays(3));
        Retention day = new Retention(Retention.LEAST, Retention.LEAST, Retention.LEAST);
        for (int round = 0; round < MOST_ROUNDS; round++) {
            if (!prune.prune(day, JobStore.BATCH_JOBS).more()) {
                return;
            }
        }
        throw new AssertionError("pruning never ends");
    }

    // Races.

    @Test
    void ofManyWhoEnqueueWithOneKeyOneIsStored() throws Exception {
        store.assumeHas(Capability.UNIQUE_KEY);
        for (int round = 0; round < 10; round++) {
            UniqueKey key = UniqueKey.untilEnded("round-" + round);
            assertOneIsStored(key);
            completeAll();
            assertOneIsStored(key);
        }
    }

    @Test
    void ofManyWhoTakeOverWhenAWindowIsOverOneIsStored() throws Exception {
        store.assumeHas(Capability.UNIQUE_KEY);
        for (int round = 0; round < 10; round++) {
            assertOneIsStored(FOR_AN_HOUR);
            store.clock.advance(HOUR.plus(MOMENT));
        }
    }

    private void assertOneIsStored(UniqueKey key) throws Exception {
        List<NewJob> rivals = store.job().unique(key).times(THREADS);

        List<Enqueued> answers = Race.of(
                THREADS,
                thread -> () -> insist(thread, List.of(rivals.get(thread))).get(0));

        List<JobId> stored = answers.stream()
                .filter(Enqueued.Accepted.class::isInstance)
                .map(Enqueued::id)
                .toList();
        assertThat(stored).hasSize(1);
        assertThat(answers)
                .filteredOn(answer -> !(answer instanceof Enqueued.Accepted))
                .hasSize(THREADS - 1)
                .allSatisfy(answer -> assertThat(answer).isEqualTo(new Enqueued.Held(answer.id(), stored.get(0))));
    }

    /** Of the jobs of one key that were stored, one at a time can have been at work. */
    @Test
    void whileJobsEndAKeyIsNeverHeldByTwo() throws Exception {
        store.assumeHas(Capability.UNIQUE_KEY);
        List<List<NewJob>> drafts = IntStream.range(0, 8)
                .mapToObj(thread -> store.job().unique(KEY).times(60))
                .toList();

        List<Integer> stored = Race.of(8, thread -> () -> {
            int mine = 0;
            for (NewJob job : drafts.get(thread)) {
                if (insist(thread, List.of(job)).get(0) instanceof Enqueued.Accepted) {
                    mine++;
                    List<Lease> leases = store.drain(store.claiming(ALL));
                    assertThat(Subject.jobs(leases)).containsExactly(job.id());
                    store.settle(leases, DONE);
                }
            }
            return mine;
        });

        assertThat(stored.stream().mapToInt(Integer::intValue).sum()).isPositive();
        store.assertNothingToClaim();
    }

    @Test
    void batchesWithTheSameKeysInAnyOrderStoreEachOnce() throws Exception {
        store.assumeHas(Capability.UNIQUE_KEY);
        int n = 100;
        List<List<NewJob>> batches = IntStream.range(0, 8)
                .mapToObj(thread -> {
                    List<NewJob> batch = new ArrayList<>(batch(n));
                    Collections.shuffle(batch, new Random(thread));
                    return batch;
                })
                .toList();

        List<List<Enqueued>> answers = Race.of(8, thread -> () -> insist(thread, batches.get(thread)));

        assertThat(answers.stream().flatMap(List::stream).filter(Enqueued.Accepted.class::isInstance))
                .hasSize(n);
        assertThat(store.drained(store.claiming(ALL))).hasSize(n);
    }

    /** A store that is slow to commit may answer that a key is busy, and has then stored nothing. */
    private List<Enqueued> insist(int thread, List<NewJob> jobs) {
        for (int round = 0; round < MOST_ROUNDS; round++) {
            try {
                return handle(thread).enqueue(jobs);
            } catch (KeyBusyException e) {
                assertThat(e.effect()).isEqualTo(Effect.NONE);
            }
        }
        throw new AssertionError("a key is busy for ever");
    }

    private JobStore handle(int thread) {
        return thread % 2 == 0 ? store.store() : store.other();
    }

    // Short forms.

    private NewJob keyed(UniqueKey key) {
        return store.job().unique(key).one();
    }

    private NewJob added(UniqueKey key) {
        store.assumeHas(Capability.UNIQUE_KEY);
        return store.add(keyed(key));
    }

    private Enqueued enqueue(NewJob job) {
        List<Enqueued> answers = store.store().enqueue(List.of(job));
        assertThat(answers).hasSize(1);
        return answers.get(0);
    }

    private void assertHeld(NewJob job, NewJob holder) {
        assertThat(enqueue(job)).isEqualTo(new Enqueued.Held(job.id(), holder.id()));
    }

    private void completeAll() {
        store.settle(store.drain(store.claiming(ALL)), DONE);
    }

    private static NewJob other(NewJob job) {
        return new NewJob(
                job.id(),
                job.nonce() + 1,
                job.lane(),
                job.payload(),
                job.priority(),
                job.maxAttempts(),
                job.due(),
                job.uniqueKey());
    }
}
