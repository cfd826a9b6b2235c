package dev.leat.bench.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.bench.Measure;
import dev.leat.bench.Sample;
import org.junit.jupiter.api.Test;

class LatenciesTest {
    private static final Sample RUN = Sample.of(Measure.SECONDS, 1);

    @Test
    void halfAreAtMostTheMedian() {
        Latencies latencies = new Latencies();
        for (int millis = 5_000; millis > 0; millis--) {
            latencies.add(millis * 1_000_000L);
        }

        Sample sample = latencies.in(RUN);

        assertThat(sample.value(Measure.P50)).hasValue(2_500);
        assertThat(sample.value(Measure.P95)).hasValue(4_750);
        assertThat(sample.value(Measure.P99)).hasValue(4_950);
    }

    @Test
    void withoutAnyTheSampleIsAsItWas() {
        assertThat(new Latencies().in(RUN)).isEqualTo(RUN);
    }
}
