package dev.leat.verify.torture;

import dev.leat.api.JobState;
import dev.leat.api.StoreException;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobStore;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/** What is left to do when nothing is enqueued any more, and what is asked at the end. */
final class Rest {
    private static final String UNKNOWN = "unknown";

    private final Inspect inspect;
    private final KeysAtEnd keys;

    /** @param recorded the same store, whose calls are in the history */
    Rest(JobStore store, JobStore recorded) {
        inspect = store.feature(Inspect.class).orElseThrow();
        keys = new KeysAtEnd(recorded);
    }

    /** The states other than final ones that jobs are in. If nobody knows at the moment, some of them may run. */
    Set<JobState> left() {
        Set<JobState> left = EnumSet.noneOf(JobState.class);
        try {
            Workload.TENANTS.forEach(tenant -> inspect.counts(tenant).forEach((state, count) -> {
                if (!state.isFinal() && count > 0) {
                    left.add(state);
                }
            }));
        } catch (StoreException e) {
            // A connection of before the last fault. It is not over as long as nobody knows.
            left.add(JobState.RUNNING);
        }
        return left;
    }

    void tellTime() {
        keys.tellTime();
    }

    void askKeys() {
        keys.ask();
    }

    /** For another process, in a word. */
    String answer(String question) {
        try {
            return switch (question) {
                case Member.LEFT -> left().stream().map(JobState::name).collect(Collectors.joining(","));
                case Member.TELL_TIME -> {
                    tellTime();
                    yield "";
                }
                case Member.ASK_KEYS -> {
                    askKeys();
                    yield "";
                }
                default -> UNKNOWN + " question " + question;
            };
        } catch (StoreException e) {
            return UNKNOWN + " " + e.getMessage();
        }
    }

    /** What {@link #answer} said of {@link Member#LEFT}. */
    static Set<JobState> left(String answer) {
        if (answer.startsWith(UNKNOWN)) {
            return EnumSet.of(JobState.RUNNING);
        }
        return Arrays.stream(answer.split(","))
                .filter(word -> !word.isEmpty())
                .map(JobState::valueOf)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(JobState.class)));
    }
}
