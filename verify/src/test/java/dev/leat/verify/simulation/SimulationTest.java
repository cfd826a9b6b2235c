package dev.leat.verify.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulationTest {
    private static final int SEEDS = 2_000;

    @Test
    void inTwoThousandLivesEveryPromiseIsKept(TestReporter reporter) {
        Coverage all = new Coverage();
        for (long seed = 1; seed <= SEEDS; seed++) {
            Run run = Simulation.run(seed);
            assertThat(run.verdict().violations()).as("seed " + seed).isEmpty();
            assertThat(run.impossible()).as("seed " + seed).isEmpty();
            assertThat(run.operations()).as("operations of seed " + seed).isGreaterThanOrEqualTo(300);
            assertThat(run.coverage().faultsDone()).as("faults of seed " + seed).isGreaterThanOrEqualTo(10);
            all.addAll(run.coverage());
        }
        reporter.publishEntry("transitions", all.transitions().toString());
        reporter.publishEntry("answers", all.answers().toString());
        reporter.publishEntry("faults", all.faults().toString());
        assertThat(all.transitions()).doesNotContainValue(0L);
        assertThat(all.faults()).doesNotContainValue(0L);
    }

    /** Each was told as broken once. */
    @ParameterizedTest
    @ValueSource(longs = {6_035, 9_997, 64_516})
    void aSeedThatBrokeAPromiseKeepsItNow(long seed) {
        assertThat(Simulation.run(seed).complaints()).isEmpty();
    }

    @Test
    void aSeedHasTheSameLifeEachTime() {
        for (long seed : List.of(1L, 2L, 3L)) {
            assertThat(Simulation.run(seed).history())
                    .isEqualTo(Simulation.run(seed).history());
        }
    }

    @Test
    void aLifeThatBreaksAPromiseIsShrunkToTheFewStepsThatDoIt() {
        Run whole = Simulation.run(1, Set.of(), Bug.TRIMMED_QUEUE::world);

        Run few = Shrinker.shrink(1, Bug.TRIMMED_QUEUE::world);

        assertThat(few.complaint()).isEqualTo(whole.complaint()).isEqualTo("I1");
        assertThat(few.steps()).hasSizeLessThan(12).anyMatch(step -> step.endsWith(" enqueue"));
        assertThat(whole.steps()).hasSizeGreaterThan(400);
    }
}
