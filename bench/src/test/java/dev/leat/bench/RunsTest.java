package dev.leat.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunsTest {
    private final List<String> told = new ArrayList<>();

    @Test
    void contendersTakeTurnsAndWarmUpsDoNotCount() throws Exception {
        Findings findings = runs(2, 1).interleaved(List.of(contender("a", 9, 1, 3), contender("b", 9, 10, 30)));

        assertThat(told).containsExactly("a WARM_UP", "b WARM_UP", "a COUNTED", "b COUNTED", "a COUNTED", "b COUNTED");
        assertThat(findings.series().getFirst().median(Measure.SECONDS)).hasValue(2);
        findings.ratio("b vs a", Measure.SECONDS, "b", "a", Target.atMost(5));
        assertThat(findings.figures()).singleElement().satisfies(figure -> {
            assertThat(figure.value()).isEqualTo(10, within(1e-9));
            assertThat(figure.isMet()).isFalse();
        });
    }

    @Test
    void aDisturbedRunIsRepeatedAndKeptApart() throws Exception {
        Deque<Double> others = new ArrayDeque<>(List.of(0.5, 0.1));
        Findings findings = runs(1, 0)
                .interleaved(List.of(Contender.of(
                        "a", () -> Sample.of(Measure.SECONDS, 1).with(Measure.OTHERS, others.removeFirst()))));

        Series series = findings.series().getFirst();
        assertThat(series.runs())
                .extracting(run -> run.value(Measure.OTHERS).orElseThrow())
                .containsExactly(0.1);
        assertThat(series.repeated()).hasSize(1);
        assertThat(told).containsExactly("a REPEATED", "a COUNTED");
    }

    @Test
    void whatIsAlwaysDisturbedCountsInTheEnd() throws Exception {
        Findings findings = runs(1, 0).interleaved(List.of(Contender.of("a", () -> Sample.of(Measure.OTHERS, 0.9))));

        assertThat(findings.series().getFirst().repeated()).hasSize(3);
        assertThat(findings.series().getFirst().runs()).hasSize(1);
    }

    private Runs runs(int counted, int warmups) {
        return new Runs(
                new Sizes(1, Duration.ofSeconds(1), counted, warmups, 3, 1, Duration.ofMinutes(1), 1),
                (contender, kind, sample) -> told.add(contender + " " + kind));
    }

    private static Contender contender(String name, double... seconds) {
        Deque<Double> left = new ArrayDeque<>();
        for (double each : seconds) {
            left.add(each);
        }
        return Contender.of(name, () -> Sample.of(Measure.SECONDS, left.removeFirst()));
    }
}
