package dev.leat.engine.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code docs/configuration.md} says what the records say. Written anew by {@code -Dconfiguration=write}. */
class ConfigPageTest {
    private static final Path PAGE = Path.of("../docs/configuration.md");

    @Test
    void thePageIsWhatTheRecordsSay() throws IOException {
        if (Objects.equals(System.getProperty("configuration"), "write")) {
            Files.writeString(PAGE, ConfigPage.page());
        }
        assertThat(Files.readString(PAGE))
                .as("run: mvn -pl engine -am test -Dtest=ConfigPageTest -Dconfiguration=write"
                        + " -Dsurefire.failIfNoSpecifiedTests=false")
                .isEqualTo(ConfigPage.page());
    }

    @Test
    void itsExampleIsReadExceptForTheSecretThatIsNotThere() {
        assertThatThrownBy(() -> LeatConfig.CONFIG.read("leat.yaml", ConfigPage.example(), Map.of()))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e -> assertThat(e.problems()).extracting(Problem::path).containsExactly("store.password"));
        LeatConfig config =
                LeatConfig.CONFIG.read("leat.yaml", ConfigPage.example(), Map.of("LEAT_STORE_PASSWORD", "x"));
        assertThat(config.store()).isPresent();
        assertThat(config.kinds().exec().commands()).containsOnlyKeys("backup");
    }

    /** The page's last column, by its own example: the bounds that it names are those that the records hold. */
    @ParameterizedTest
    @CsvSource({
        "SERVER_PORT, 0, 65535, -1, 65536",
        "SERVER_REQUEST_TIMEOUT, 100ms, 1h, 99ms, 3601s",
        "SERVER_MAX_BODY, 1KiB, 256MiB, 1023B, 257MiB",
        "WORKER_SLOTS, 1, 10000, 0, 10001",
        "WORKER_POLL, 10ms, 1h, 9ms, 61m",
        "WORKER_LEASE, 1s, 1d, 999ms, 25h",
        "WORKER_GRACE, 0s, 1d, -1s, 25h",
        "STORE_CONNECTIONS, 2, 200, 1, 201"
    })
    void boundsAreThoseOfThePage(String name, String low, String high, String tooLow, String tooHigh)
            throws IOException {
        assertThat(Files.readString(PAGE)).contains("LEAT_" + name).contains(low + " to " + high);
        for (String good : new String[] {low, high}) {
            assertThat(read(name, good)).isNotNull();
        }
        for (String bad : new String[] {tooLow, tooHigh}) {
            assertThatThrownBy(() -> read(name, bad)).isInstanceOf(ConfigException.class);
        }
    }

    private static LeatConfig read(String name, String value) {
        return LeatConfig.CONFIG.read(
                Map.of("LEAT_" + name, value, "LEAT_STORE_URL", "jdbc:postgresql://h/d", "LEAT_STORE_USER", "u"));
    }
}
