package dev.leat.engine.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Gathers what is wrong. */
final class Mistakes {
    private final List<Problem> problems = new ArrayList<>();

    /** @param path empty for the whole file */
    void add(Place place, String path, String problem, String allowed) {
        // One more than is told, to know that there are more.
        if (problems.size() <= ConfigException.MOST_PROBLEMS) {
            problems.add(new Problem(
                    place.file(),
                    place.line(),
                    place.column(),
                    path,
                    (path.isEmpty() ? "the file " : "") + problem,
                    allowed));
        }
    }

    int count() {
        return problems.size();
    }

    void throwIfAny() {
        if (problems.isEmpty()) {
            return;
        }
        boolean more = problems.size() > ConfigException.MOST_PROBLEMS;
        List<Problem> told = new ArrayList<>(more ? problems.subList(0, ConfigException.MOST_PROBLEMS - 1) : problems);
        told.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
        if (more) {
            Problem last = problems.getLast();
            told.add(new Problem(last.file(), 0, 0, "", "there are more mistakes than can be told", ""));
        }
        throw new ConfigException(told);
    }
}
