package dev.leat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.cli.CommandRig.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is told before anything is tried. */
class VerifyCommandTest {
    @TempDir
    Path home;

    @ParameterizedTest
    @CsvSource({
        "'', Missing required option: '--backend=NAME'",
        "--backend sqlite --minutes 0, allowed: 0.1 to 1440",
        "--backend sqlite --user me, '--user and --password-env go with a URL, and --backend is sqlite'",
        "--backend kafka://localhost, is of no store that is installed",
        "--backend redis://localhost --password-env NOT_SET_ANYWHERE, 'NOT_SET_ANYWHERE, which is not set'",
    })
    void whatIsNotUnderstoodEndsWithTwo(String arguments, String problem) {
        Ran ran = CommandRig.run(("verify " + arguments).strip().split(" "));
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains(problem);
    }

    @Test
    void aBackendThatTheConfigurationDoesNotNameIsRefusedWithThoseThatItDoes() throws IOException {
        Path config = Files.writeString(home.resolve("leat.yaml"), """
            store: {url: "sqlite:%1$s/leat.db"}
            backends:
              cache: {url: "redis://localhost:6379"}
            """.formatted(home));

        Ran ran = CommandRig.run("verify", "--backend", "cash", "--config", config.toString());

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains("--backend is cash; allowed: cache, default, or a URL");
    }

    @Test
    void aConfigurationThatIsNamedIsNotPassedOver() throws IOException {
        Path config = Files.writeString(home.resolve("leat.yaml"), """
            store: {url: "sqlite:%s/leat.db"}
            """.formatted(home));

        Ran ran = CommandRig.run("verify", "--backend", "sqlite", "--config", config.toString());

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains("--backend is sqlite; allowed: default, or a URL");
    }

    @Test
    void aBackendOfTheConfigurationGoesBeforeOneOfOurOwn() throws IOException {
        Path config = Files.writeString(home.resolve("leat.yaml"), """
            store: {url: "sqlite:%1$s/leat.db"}
            backends:
              sqlite: {url: "sqlite:%1$s/missing/leat.db"}
            """.formatted(home));

        Ran ran = CommandRig.run("verify", "--backend", "sqlite", "--config", config.toString());

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err())
                .containsPattern("trying the backend in leat_verify_[0-9a-f]{8}, which is removed at the end")
                .contains(home.resolve("missing").toString(), "its directory is missing");
    }
}
