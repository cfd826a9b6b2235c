package dev.leat.verify.torture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobState;
import dev.leat.api.store.Amendment;
import dev.leat.verify.torture.Task.Behaviour;
import dev.leat.verify.torture.Workload.Intervention;
import dev.leat.verify.torture.Workload.Step;
import dev.leat.verify.torture.Workload.Transaction;
import dev.leat.verify.torture.Workload.When;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class WorkloadTest {
    private static List<Step> steps(long seed, int producer) {
        Workload workload = new Workload(seed, producer);
        return LongStream.range(0, 5_000).mapToObj(workload::step).toList();
    }

    @Test
    void theSameSeedHasTheSameStepsAndEachProducerItsOwn() {
        assertThat(steps(1, 1)).isEqualTo(steps(1, 1)).isNotEqualTo(steps(2, 1)).isNotEqualTo(steps(1, 2));
    }

    @Test
    void everythingComesUpButPoisonWhichTheScheduleBrings() {
        List<Step.Enqueue> enqueues = steps(1, 1).stream()
                .filter(Step.Enqueue.class::isInstance)
                .map(Step.Enqueue.class::cast)
                .toList();

        assertThat(steps(1, 1))
                .hasAtLeastOneElementOfType(Step.Cancel.class)
                .hasAtLeastOneElementOfType(Step.Retry.class);
        assertThat(enqueues.stream().flatMap(each -> each.tasks().stream()).map(Task::does))
                .contains(java.util.Arrays.stream(Behaviour.values())
                        .filter(each -> each != Behaviour.POISON)
                        .toArray(Behaviour[]::new))
                .doesNotContain(Behaviour.POISON);
        assertThat(enqueues.stream().map(each -> each.tasks().size())).contains(1, 2, 12);
        assertThat(enqueues.stream().map(Step.Enqueue::priority)).contains(0, 4, 9);
        assertThat(enqueues.stream().map(Step.Enqueue::maxAttempts)).contains(1, 4);
        assertThat(enqueues.stream().map(Step.Enqueue::tenant)).containsAll(Workload.TENANTS);
        assertThat(enqueues.stream().map(Step.Enqueue::queue)).containsAll(Workload.QUEUES);
        assertThat(enqueues.stream().map(Step.Enqueue::due).toList())
                .hasAtLeastOneElementOfType(When.Now.class)
                .hasAtLeastOneElementOfType(When.After.class)
                .hasAtLeastOneElementOfType(When.At.class);
    }

    @Test
    void uniqueKeysAreFewAndHeldForAllTimesThereAre() {
        List<Step.Enqueue> unique = steps(1, 1).stream()
                .filter(Step.Enqueue.class::isInstance)
                .map(Step.Enqueue.class::cast)
                .filter(each -> each.key() != null)
                .toList();

        assertThat(unique).hasSizeGreaterThan(500);
        assertThat(unique.stream().map(each -> each.tenant() + "/" + each.kind().name()))
                .containsOnly("one/work");
        assertThat(unique.stream()
                        .map(each -> Objects.requireNonNull(each.key()).text()))
                .containsOnly("a", "b");
        assertThat(unique.stream()
                        .map(each -> Objects.requireNonNull(each.key()).window() == null))
                .contains(true, false);
        assertThat(unique.stream().map(Step.Enqueue::transaction))
                .hasAtLeastOneElementOfType(Transaction.None.class)
                .anyMatch(each -> each instanceof Transaction.Own own && own.commits())
                .anyMatch(each -> each instanceof Transaction.Own own && !own.commits());
    }

    @Test
    void anOperatorAmendsWhateverWaitsInEveryWay() {
        Workload workload = new Workload(1, -1);
        List<Intervention> all =
                LongStream.range(0, 1_000).mapToObj(workload::intervention).toList();

        assertThat(all)
                .isEqualTo(LongStream.range(0, 1_000)
                        .mapToObj(new Workload(1, -1)::intervention)
                        .toList());
        assertThat(all.stream().map(Intervention::amendment))
                .hasAtLeastOneElementOfType(Amendment.Reschedule.class)
                .hasAtLeastOneElementOfType(Amendment.Reprioritise.class)
                .hasAtLeastOneElementOfType(Amendment.Move.class)
                .hasAtLeastOneElementOfType(Amendment.ReplacePayload.class);
        assertThat(all.stream().map(Intervention::state))
                .containsOnly(JobState.SCHEDULED, JobState.AVAILABLE, JobState.RETRYABLE);
    }
}
