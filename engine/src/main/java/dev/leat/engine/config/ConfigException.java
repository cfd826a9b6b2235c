package dev.leat.engine.config;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration cannot be used. Names every mistake in it, in the order of the file, up to {@value #MOST_PROBLEMS}. */
public final class ConfigException extends IllegalArgumentException {
    /** A file full of mistakes is not told of line by line. */
    public static final int MOST_PROBLEMS = 100;

    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** At least one. */
    public List<Problem> problems() {
        return problems;
    }
}
