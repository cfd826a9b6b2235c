package dev.leat.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckHistoryTest {
    @Test
    void theHistoryThatIsMeasuredHolds(@TempDir Path folder) {
        CheckHistory.Figures figures = CheckHistory.run(folder, 10_000);

        assertThat(figures.holds()).isTrue();
        assertThat(figures.events()).isGreaterThanOrEqualTo(10_000);
        assertThat(figures.seconds()).isPositive();
    }
}
