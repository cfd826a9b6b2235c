package dev.leat.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that went wrong at random: they are read, or refused with a place, and nothing else happens. */
@Timeout(60)
class ConfigFuzzTest {
    private static final int FILES = 1_500;
    private static final List<String> PIECES = List.of(
            "\t",
            "\n",
            ":",
            ": ",
            "- ",
            "{",
            "}",
            "[",
            "]",
            "&a ",
            "*a",
            "!!str ",
            "! ",
            "|\n",
            ">-\n",
            "\"",
            "'",
            "#",
            "? ",
            "<<: ",
            "---\n",
            "...\n",
            "%YAML 1.1\n",
            "${",
            "${A}",
            "$${",
            "}",
            "\\x",
            "\u0000",
            "\uFEFF",
            "\ud83d\ude00",
            "\ud83d",
            "\u2028",
            "~",
            "null",
            "-1",
            "1e999",
            "99999999999999999999",
            "PT1S",
            "file:",
            "PT99999999999999999H",
            "\r",
            "@",
            "`",
            "%",
            ",");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aBrokenFileIsReadOrRefused(long seed) {
        Random random = new Random(seed);
        String whole = ConfigPage.example();
        for (int i = 0; i < FILES; i++) {
            String broken = whole;
            for (int times = random.nextInt(6); times >= 0; times--) {
                broken = broken(broken, random);
            }
            read(broken);
        }
    }

    private static String broken(String text, Random random) {
        int from = random.nextInt(text.length() + 1);
        int to = Math.min(text.length(), from + random.nextInt(30));
        String piece = PIECES.get(random.nextInt(PIECES.size()));
        return switch (random.nextInt(4)) {
            case 0 -> text.substring(0, from) + text.substring(to);
            case 1 -> text.substring(0, from) + piece + text.substring(from);
            case 2 -> text.substring(0, from) + piece + text.substring(to);
            default -> text.substring(0, to) + text.substring(from);
        };
    }

    private static void read(String yaml) {
        try {
            LeatConfig.CONFIG.read("leat.yaml", yaml, Map.of());
        } catch (ConfigException e) {
            assertThat(e.problems())
                    .isNotEmpty()
                    .allSatisfy(problem -> assertThat(problem.file()).isEqualTo("leat.yaml"));
        } catch (RuntimeException e) {
            throw new AssertionError("refused by accident:\n" + yaml, e);
        }
    }
}
