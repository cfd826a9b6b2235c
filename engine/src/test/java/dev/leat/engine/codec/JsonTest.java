package dev.leat.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    private static final Json JSON = Json.STRICT;

    record Mail(String to, long size, Instant at, Duration after, List<String> parts) {}

    record Whole(long n) {}

    record Big(BigInteger n) {}

    record Exact(BigDecimal n) {}

    record Text(String s) {}

    record Switch(boolean on) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({@JsonSubTypes.Type(value = Square.class, name = "square")})
    sealed interface Shape permits Square {}

    record Square(int side) implements Shape {}

    record ByClass(
            @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS) Object any) {}

    static final class Ring {
        public Ring next = this;
    }

    @Test
    void writesRecordsInTheirOrderAndTimesAsText() {
        Mail mail = new Mail(
                "a@b",
                9_007_199_254_740_993L,
                Instant.parse("2026-01-02T03:04:05.678901Z"),
                Duration.ofSeconds(90),
                List.of("x"));

        assertThat(JSON.writeText(mail))
                .isEqualTo("{\"to\":\"a@b\",\"size\":9007199254740993,\"at\":\"2026-01-02T03:04:05.678901Z\","
                        + "\"after\":\"PT1M30S\",\"parts\":[\"x\"]}");
        assertThat(JSON.read(JSON.writeBytes(mail), Mail.class)).isEqualTo(mail);
        assertThat(JSON.read(JSON.writeText(mail), Mail.class)).isEqualTo(mail);
    }

    @Test
    void givesEqualMapsEqualBytes() {
        Map<String, Integer> forward = new LinkedHashMap<>();
        Map<String, Integer> backward = new LinkedHashMap<>();
        for (int i = 0; i < 20; i++) {
            forward.put("k" + i, i);
            backward.put("k" + (19 - i), 19 - i);
        }
        assertThat(JSON.writeBytes(forward)).isEqualTo(JSON.writeBytes(backward));
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -9_007_199_254_740_993L, 0, 9_007_199_254_740_993L, Long.MAX_VALUE})
    void keepsLongsExact(long value) {
        assertThat(JSON.read(JSON.writeBytes(new Whole(value)), Whole.class).n())
                .isEqualTo(value);
    }

    @Test
    void keepsAnyTextExact() {
        Random random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            Text text = new Text(random.ints(random.nextInt(12), 0, Character.MAX_CODE_POINT + 1)
                    .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString());
            assertThat(JSON.read(JSON.writeBytes(text), Text.class)).isEqualTo(text);
            assertThat(JSON.read(JSON.writeText(text), Text.class)).isEqualTo(text);
            assertThat(JSON.writeText(text).getBytes(StandardCharsets.UTF_8)).isEqualTo(JSON.writeBytes(text));
        }
    }

    @Test
    void takesNothingForWhatTheTextDoesNotHave() {
        assertThat(JSON.read("{}", Whole.class)).isEqualTo(new Whole(0));
        assertThat(JSON.read("{}", Text.class)).isEqualTo(new Text(null));
    }

    @Test
    void ignoresPropertiesThatTheTypeDoesNotHave() {
        assertThat(JSON.read("{\"n\":1,\"later\":{\"x\":[2]}}", Whole.class)).isEqualTo(new Whole(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "{\"n\":null}",
                "{\"n\":\"1\"}",
                "{\"n\":\"\"}",
                "{\"n\":1.0}",
                "{\"n\":1.5}",
                "{\"n\":true}",
                "{\"n\":9223372036854775808}",
                "{\"n\":1e131071}",
                "{\"n\":1,\"n\":1}",
                "{\"later\":{\"a\":1,\"a\":2},\"n\":1}",
                "{\"n\":1}x",
                "{\"n\":1}{\"n\":2}",
                "{\"n\":1,}",
                "{\"n\":01}",
                "{n:1}",
                "{'n':1}",
                "{\"n\":NaN}",
                "{\"n\":1",
                "[1]",
                "[{\"n\":1}]",
                "/* c */{\"n\":1}",
            })
    void refusesWhatIsNotExactlyTheType(String json) {
        assertThatExceptionOfType(JsonException.class)
                .isThrownBy(() -> JSON.read(json, Whole.class))
                .withMessageStartingWith("Cannot read JSON as " + Whole.class.getName());
        assertThatExceptionOfType(JsonException.class)
                .isThrownBy(() -> JSON.read(json.getBytes(StandardCharsets.UTF_8), Whole.class));
    }

    @Test
    void refusesOtherScalarsForTextAndSwitches() {
        assertThatThrownBy(() -> JSON.read("{\"s\":1}", Text.class)).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> JSON.read("{\"on\":1}", Switch.class)).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> JSON.read("{\"on\":\"true\"}", Switch.class)).isInstanceOf(JsonException.class);
    }

    @Test
    void refusesBytesThatAreNotUtf8() {
        assertThatThrownBy(() -> JSON.read("{\"n\":1}".getBytes(StandardCharsets.UTF_16LE), Whole.class))
                .isInstanceOf(JsonException.class);
        byte[] broken = "{\"s\":\"xy\"}".getBytes(StandardCharsets.UTF_8);
        broken[6] = (byte) 0xff;
        assertThatThrownBy(() -> JSON.read(broken, Text.class)).isInstanceOf(JsonException.class);
    }

    @ParameterizedTest
    @CsvSource({"100, true", "101, false"})
    void readsAndWritesUpToOneHundredLevels(int depth, boolean allowed) {
        String json = "[".repeat(depth) + "]".repeat(depth);
        List<Object> value = new ArrayList<>();
        for (int i = 1; i < depth; i++) {
            value = new ArrayList<>(List.of(value));
        }
        List<Object> nested = value;
        if (allowed) {
            assertThat(JSON.read(json, Object.class)).isEqualTo(nested);
            assertThat(JSON.writeText(nested)).isEqualTo(json);
        } else {
            assertThatThrownBy(() -> JSON.read(json, List.class)).isInstanceOf(JsonException.class);
            assertThatThrownBy(() -> JSON.writeText(nested)).isInstanceOf(JsonException.class);
        }
    }

    @Test
    void skipsDeepNestingInUnknownPropertiesOnlyUpToTheBound() {
        String json = "{\"later\":" + "[".repeat(200) + "]".repeat(200) + ",\"n\":1}";
        assertThatThrownBy(() -> JSON.read(json, Whole.class)).isInstanceOf(JsonException.class);
    }

    @Test
    @Timeout(5)
    void readsHugeExponentsCheaply() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(JSON.read("{\"n\":1e131071}", Exact.class).n()).isEqualTo(new BigDecimal("1e131071"));
            assertThatThrownBy(() -> JSON.read("{\"n\":1e131071}", Big.class)).isInstanceOf(JsonException.class);
            assertThatThrownBy(() -> JSON.read("{\"n\":1e99999}", Big.class)).isInstanceOf(JsonException.class);
            assertThatThrownBy(() -> JSON.read("{\"n\":1e999999999}", Whole.class))
                    .isInstanceOf(JsonException.class);
        }
        assertThat(JSON.writeText(new Exact(new BigDecimal("1e131071")))).isEqualTo("{\"n\":1E+131071}");
    }

    @Test
    void refusesNumbersOfMoreThanAThousandCharacters() {
        assertThat(JSON.read("{\"n\":" + "9".repeat(1_000) + "}", Big.class).n())
                .isEqualTo(BigInteger.TEN.pow(1_000).subtract(BigInteger.ONE));
        assertThatThrownBy(() -> JSON.read("{\"n\":" + "9".repeat(1_001) + "}", Big.class))
                .isInstanceOf(JsonException.class);
    }

    @Test
    void letsNoTextChooseAClass() {
        String named = "{\"any\":{\"@class\":\"" + Whole.class.getName() + "\",\"n\":1}}";
        assertThatThrownBy(() -> JSON.read(named, ByClass.class)).isInstanceOf(JsonException.class);
        assertThat(JSON.read("{\"@class\":\"java.io.File\"}", Object.class))
                .isEqualTo(Map.of("@class", "java.io.File"));
    }

    @Test
    void keepsSealedTypesByName() {
        assertThat(JSON.writeText(new Square(2))).isEqualTo("{\"@type\":\"square\",\"side\":2}");
        assertThat(JSON.read("{\"@type\":\"square\",\"side\":2}", Shape.class)).isEqualTo(new Square(2));
    }

    @Test
    void refusesToWriteARing() {
        assertThatExceptionOfType(JsonException.class)
                .isThrownBy(() -> JSON.writeText(new Ring()))
                .withMessageStartingWith("Cannot write " + Ring.class.getName() + " as JSON");
    }

    @Test
    void saysWhereAProblemIs() {
        assertThatThrownBy(() -> JSON.read("{\"to\":\"x\",\"size\":\"y\"}", Mail.class))
                .hasMessageContaining("[\"size\"]");
    }
}
