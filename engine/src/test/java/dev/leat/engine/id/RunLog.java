package dev.leat.engine.id;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** All runs that were made anywhere, to be checked for ids made twice. */
final class RunLog {
    private final List<IdRun> runs = new ArrayList<>();

    synchronized void add(IdRun run) {
        assertThat(run.last().second()).isEqualTo(run.first().second());
        assertThat(run.last().node()).isEqualTo(run.first().node());
        runs.add(run);
    }

    synchronized int size() {
        return runs.size();
    }

    synchronized void assertDistinct() {
        runs.sort(Comparator.comparingLong(IdRun::firstValue));
        long last = 0;
        for (IdRun run : runs) {
            assertThat(run.firstValue()).as("made twice: %s", run.first()).isGreaterThan(last);
            last = run.last().value();
        }
    }
}
