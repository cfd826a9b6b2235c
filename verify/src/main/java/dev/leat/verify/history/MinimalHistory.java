package dev.leat.verify.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** The few events of a history that show a violation by themselves. */
public final class MinimalHistory {
    /** Calls of one job, beyond which nothing more is left out: a job that was handed out thousands of times says enough. */
    private static final int MOST_CALLS = 400;

    private MinimalHistory() {}

    /** Gives all events of a history, in the same order each time. */
    @FunctionalInterface
    public interface Source {
        void read(Consumer<Event> each);
    }

    /**
     * What is left when every call is left out without which the same violation still shows.
     *
     * @param slack as the checker had it that found the violation
     */
    public static List<Event> of(Source history, Violation violation, Duration slack) {
        List<Event> left = related(history, violation);
        List<Object> calls = left.stream().map(MinimalHistory::call).distinct().toList();
        if (violation.job() == 0 || calls.size() > MOST_CALLS) {
            return left;
        }
        for (Object call : calls) {
            List<Event> fewer =
                    left.stream().filter(event -> !call(event).equals(call)).toList();
            if (shows(fewer, violation, slack)) {
                left = fewer;
            }
        }
        return left;
    }

    private static boolean shows(List<Event> events, Violation violation, Duration slack) {
        HistoryChecker checker = new HistoryChecker(slack);
        events.forEach(checker);
        return checker.verdict().violations().stream()
                .anyMatch(each -> each.invariant() == violation.invariant()
                        && each.job() == violation.job()
                        && each.sentence().equals(violation.sentence()));
    }

    /** The events of its jobs, of the calls and leases they were in, and the faults; or all those of leaders. */
    private static List<Event> related(Source history, Violation violation) {
        Set<Long> jobs = new HashSet<>(List.of(violation.job()));
        if (violation.other() != 0) {
            jobs.add(violation.other());
        }
        Set<Long> tokens = new HashSet<>();
        Set<Object> claims = new HashSet<>();
        history.read(event -> {
            if (event.job() != 0 && jobs.contains(event.job())) {
                if (event.op() == Op.CLAIM) {
                    tokens.add(event.token());
                    claims.add(call(event));
                } else if (event.op() == Op.SPLIT) {
                    tokens.add(event.own());
                }
            }
        });
        List<Event> related = new ArrayList<>();
        history.read(event -> {
            boolean wanted = switch (event.op()) {
                case FAULT -> true;
                case LEAD -> violation.job() == 0;
                case RENEW -> tokens.contains(event.token());
                case CLAIM ->
                    (event.job() != 0 && jobs.contains(event.job()))
                            || (event.phase() == Phase.INVOKE && claims.contains(call(event)));
                default -> jobs.contains(event.job());
            };
            if (wanted) {
                related.add(event);
            }
        });
        return related;
    }

    private static Object call(Event event) {
        return List.of(event.process(), event.call(), event.op());
    }
}
