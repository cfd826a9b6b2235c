package dev.leat.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/state-machine.md} says what {@link Transition} says. Written anew by {@code -Dstate-machine=write}. */
class StateMachinePageTest {
    private static final Path PAGE = Path.of("../docs/state-machine.md");

    @Test
    void thePageIsWhatTheCodeSays() throws IOException {
        if (Objects.equals(System.getProperty("state-machine"), "write")) {
            Files.writeString(PAGE, page());
        }
        assertThat(Files.readString(PAGE))
                .as("run: mvn -pl api test -Dtest=StateMachinePageTest -Dstate-machine=write")
                .isEqualTo(page());
    }

    @Test
    void onlyAHandLeavesAFinalStateAndEveryStateCanBeReached() {
        for (JobState state : JobState.values()) {
            assertThat(Arrays.stream(Transition.values()).map(Transition::to)).contains(state);
            assertThat(Arrays.stream(Transition.values())
                            .anyMatch(transition ->
                                    transition.from().filter(state::equals).isPresent()
                                            && !transition.verb().startsWith("operate")))
                    .as(state.word())
                    .isEqualTo(!state.isFinal());
        }
    }

    private static String page() {
        String arrows = Arrays.stream(Transition.values())
                .map(each -> "    %s --> %s: %s"
                        .formatted(
                                from(each, "[*]"), each.to().word(), each.verb().replace(":", "")))
                .distinct()
                .collect(Collectors.joining("\n"));
        String ends = Arrays.stream(JobState.values())
                .filter(JobState::isFinal)
                .map(state -> "    " + state.word() + " --> [*]")
                .collect(Collectors.joining("\n"));
        String rows = Arrays.stream(Transition.values())
                .map(each -> "| %s | %s | %s | %s |"
                        .formatted(from(each, "(new)"), each.to().word(), each.verb(), each.when()))
                .collect(Collectors.joining("\n"));
        String words = Arrays.stream(JobState.values())
                .map(state -> "| %s | %s | %s |".formatted(state.word(), state.status(), state.isFinal() ? "yes" : ""))
                .collect(Collectors.joining("\n"));
        return """
            # The states of a job

            Generated from the enums `JobState` and `Transition`; a test compares them.

            ```mermaid
            stateDiagram-v2
            %s
            %s
            ```

            | from | to | verb of the store | when |
            |---|---|---|---|
            %s

            The view `leat.jobs` shows the familiar word in its column `status`.

            | state | status | final |
            |---|---|---|
            %s
            """.formatted(arrows, ends, rows, words);
    }

    private static String from(Transition transition, String none) {
        return transition.from().map(JobState::word).orElse(none);
    }
}
