package dev.leat.bench.postgres;

import dev.leat.bench.Measure;
import dev.leat.bench.Sample;
import java.util.Arrays;
import java.util.function.LongConsumer;

/** Times of many calls, each of them kept. Thread-safe. */
final class Latencies {
    private long[] nanos = new long[1_024];
    private int count;

    synchronized void add(long each) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = each;
    }

    /** Each of them, the shortest first. */
    void each(LongConsumer consumer) {
        for (long each : sorted()) {
            consumer.accept(each);
        }
    }

    void addAll(Latencies others) {
        others.each(this::add);
    }

    /** The sample with the times below which half, 95 % and 99 % are; as it is if there are none. */
    Sample in(Sample sample) {
        long[] sorted = sorted();
        return sorted.length == 0
                ? sample
                : sample.with(Measure.P50, millis(sorted, 50))
                        .with(Measure.P95, millis(sorted, 95))
                        .with(Measure.P99, millis(sorted, 99));
    }

    private static double millis(long[] sorted, int percent) {
        int place = (int) Math.ceil(sorted.length * percent / 100.0) - 1;
        return sorted[Math.max(0, place)] / 1e6;
    }

    private synchronized long[] sorted() {
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return sorted;
    }
}
