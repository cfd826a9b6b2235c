package dev.leat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** {@code docs/cli.md} says what the commands say. Written anew by {@code -Dcli=write}. */
class CliPageTest {
    private static final Path PAGE = Path.of("../docs/cli.md");

    @Test
    void thePageIsWhatTheCommandsSay() throws IOException {
        if (Objects.equals(System.getProperty("cli"), "write")) {
            Files.writeString(PAGE, CliPage.page());
        }
        assertThat(Files.readString(PAGE))
                .as("run: mvn -pl cli -am test -Dtest=CliPageTest -Dcli=write -Dsurefire.failIfNoSpecifiedTests=false")
                .isEqualTo(CliPage.page());
    }

    @Test
    void everyCommandSaysWhatItIsFor() {
        assertThat(CliPage.below(Main.program()))
                .hasSizeGreaterThan(10)
                .allSatisfy(command -> assertThat(
                                command.getCommandSpec().usageMessage().description())
                        .as(command.getCommandSpec().qualifiedName())
                        .isNotEmpty());
    }
}
