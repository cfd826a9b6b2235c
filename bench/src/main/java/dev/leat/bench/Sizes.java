package dev.leat.bench;

import java.time.Duration;

/**
 * How much is measured.
 *
 * @param jobs in each run of what is measured by a number of jobs, 1 to 100,000,000
 * @param span of each run of what is measured by time, 10 ms to 1 h
 * @param runs of each contender that count, 1 to 100
 * @param warmups of each contender before, which do not count, 0 to 100
 * @param repeats of a run at most because other processes disturbed it, 0 to 100
 * @param backlog jobs that wait, and as many in the history, where that is measured, 1 to 100,000,000
 * @param held how long a snapshot is held, 1 s to 1 day
 * @param rate jobs a second meanwhile, 1 to 1,000,000
 */
public record Sizes(int jobs, Duration span, int runs, int warmups, int repeats, int backlog, Duration held, int rate) {
    public Sizes {
        range("jobs", jobs, 1, 100_000_000);
        range("seconds in ms", span.toMillis(), 10, 3_600_000);
        range("runs", runs, 1, 100);
        range("warmups", warmups, 0, 100);
        range("repeats", repeats, 0, 100);
        range("backlog", backlog, 1, 100_000_000);
        range("minutes in ms", held.toMillis(), 1_000, 86_400_000);
        range("rate", rate, 1, 1_000_000);
    }

    private static void range(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("%s is %,d; allowed: %,d to %,d".formatted(name, value, least, most));
        }
    }
}
