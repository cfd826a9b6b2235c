package dev.leat.verify.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That a life without a complaint means something: with any of these bugs there is one soon. */
class BugsFoundTest {
    private static final int LIVES = 50;

    @ParameterizedTest
    @EnumSource
    void aBugIsFoundWithinFiftyLives(Bug bug, TestReporter reporter) {
        long seed = 1;
        Run run = Simulation.run(seed, Set.of(), bug::world);
        while (run.holds() && seed < LIVES) {
            run = Simulation.run(++seed, Set.of(), bug::world);
        }

        assertThat(run.holds())
                .as("whether nothing was found in " + seed + " lives")
                .isFalse();
        reporter.publishEntry(
                bug.name(), "seed " + seed + ": " + run.complaints().getFirst());
    }
}
