package dev.leat.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What notifications say. */
class WakeupTextTest {
    @Test
    void lanesAreReadAsTheyWereWritten() {
        WakeupText read = WakeupText.parse(WakeupText.of(List.of(17, 3, Integer.MAX_VALUE), List.of()));

        assertThat(read).isEqualTo(new WakeupText(List.of(3, 17, Integer.MAX_VALUE), List.of()));
        assertThat(read.isFor(1)).isTrue();
    }

    @Test
    void onlyTheChosenAreToLookAtOnce() {
        WakeupText read = WakeupText.parse(WakeupText.of(List.of(3), List.of(4712, 4711)));

        assertThat(read.lanes()).containsExactly(3);
        assertThat(read.isFor(4712)).isTrue();
        assertThat(read.isFor(3)).isFalse();
        assertThat(WakeupText.parse(";4711").isFor(4711)).isTrue();
        assertThat(WakeupText.parse(";4711").isFor(4712)).isFalse();
    }

    @Test
    void moreLanesThanFitAreAnywhere() {
        List<Integer> many =
                IntStream.rangeClosed(1, WakeupText.MOST_LANES + 1).boxed().toList();

        assertThat(WakeupText.of(many, List.of())).isEmpty();
        assertThat(WakeupText.parse(WakeupText.of(many.subList(1, many.size()), List.of()))
                        .lanes())
                .isEqualTo(many.subList(1, many.size()));
        assertThat(many.stream()
                                .map(each -> "2147483647")
                                .collect(Collectors.joining(","))
                                .length()
                        * 2)
                .isLessThan(8_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ";",
                "x",
                "-1",
                "1,",
                "99999999999",
                "4294967296",
                "1;2;3",
                "1 2",
                "1\n2",
                "'; drop table job; --"
            })
    void whatIsNotUnderstoodMeansAnywhereAndEverybody(String text) {
        WakeupText read = WakeupText.parse(text);

        assertThat(read.lanes()).isEmpty();
        assertThat(read.isFor(7)).isTrue();
    }
}
