package dev.leat.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PostgresServerConfigTest {
    private static final PostgresServerConfig CONFIG = PostgresServerConfig.at(Path.of("data"));

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, 1_023, 65_536})
    void portsThatAnOrdinaryUserCannotHaveAreRefused(int port) {
        assertThatIllegalArgumentException().isThrownBy(() -> CONFIG.withPort(port));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "work mem", "x=1\nfsync", "a.b.c", "1st", "port", "Listen_Addresses", "include"})
    void namesThatAreNoSettingOrNotTheCallersAreRefused(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> CONFIG.withSetting(name, "on"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nfsync = off", "a\u0000b", "\r"})
    void valuesThatWouldBreakTheFileAreRefused(String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> CONFIG.withSetting("work_mem", value));
    }

    @Test
    void startTimeoutIsBounded() {
        for (Duration wrong : new Duration[] {Duration.ZERO, Duration.ofSeconds(-1), Duration.ofHours(2)}) {
            assertThatIllegalArgumentException().isThrownBy(() -> CONFIG.withStartTimeout(wrong));
        }
    }

    @Test
    void namesOfSettingsIgnoreCase() {
        assertThat(CONFIG.withSetting("Work_Mem", "1MB")
                        .withSetting("work_mem", "2MB")
                        .settings())
                .isEqualTo(Map.of("work_mem", "2MB"));
    }
}
