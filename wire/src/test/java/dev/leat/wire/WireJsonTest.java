package dev.leat.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.InvalidValueException;
import dev.leat.api.JobId;
import dev.leat.api.KindName;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireJsonTest {
    private static EnqueueJob read(String json) {
        return WireJson.STRICT.read(json.getBytes(UTF_8), EnqueueJob.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "true",
                "-0.0",
                "1e400",
                "9007199254740993",
                "123456789012345678901234567890",
                "\"\"",
                "\"a\\u0000\\ud800b\"",
                "\"\u00e4\u2028\ud83d\ude00\"",
                "[ 1 ,\t2 ]",
                "{ \"b\" : 1.10, \"a\":{\"__proto__\":[]} }",
                "[[[[]]]]"
            })
    void aPayloadIsKeptByteForByte(String payload) {
        for (String around : new String[] {
            "{\"kind\":\"k\",\"payload\":%s}",
            "{\"payload\":%s , \"kind\" : \"k\"}",
            "{\"kind\":\"k\",\"payload\":  %s\n}"
        }) {
            RawJson read = read(around.formatted(payload)).payload();
            assertThat(new String(read.bytes(), UTF_8)).isEqualTo(payload);
        }
    }

    @Test
    void whatIsWrittenIsReadBack() {
        EnqueueJob job = new EnqueueJob(
                new QueueName("mail"),
                new KindName("send"),
                RawJson.of("{\"n\":9007199254740993}"),
                0,
                3,
                Instant.parse("2026-01-31T23:59:59.123Z"),
                null,
                "order-7",
                60_000L);
        assertThat(WireJson.STRICT.read(WireJson.STRICT.writeBytes(job), EnqueueJob.class))
                .isEqualTo(job);
        assertThat(WireJson.STRICT.writeText(new EnqueuedJob(JobId.of(1, 0, 0), EnqueueStatus.ACCEPTED)))
                .isEqualTo("{\"id\":\"0000002000000\",\"status\":\"accepted\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "~JSON_MALFORMED~body",
                "{~JSON_MALFORMED~body",
                "{\"kind\":\"k\"} x~JSON_MALFORMED~body",
                "{\"kind\":\"k\",\"kind\":\"k\"}~JSON_DUPLICATE_NAME~body",
                "{\"kind\":\"k\",\"payload\":{\"a\":1,\"a\":2}}~JSON_DUPLICATE_NAME~payload",
                "{\"kind\":\"k\",\"payload\":01}~JSON_MALFORMED~body",
                "{\"kind\":\"k\",\"payload\":NaN}~JSON_MALFORMED~body",
                "{}~FIELD_MISSING~kind",
                "{\"kind\":null}~FIELD_MISSING~kind",
                "{\"kind\":7}~TYPE_WRONG~kind",
                "{\"kind\":\"A B\"}~NAME_INVALID~kind",
                "{\"kind\":\"k\",\"queue\":\"../x\"}~NAME_INVALID~queue",
                "{\"kind\":\"k\",\"prority\":1}~FIELD_UNKNOWN~prority",
                "{\"kind\":\"k\",\"priority\":\"1\"}~TYPE_WRONG~priority",
                "{\"kind\":\"k\",\"priority\":1.5}~VALUE_INVALID~priority",
                "{\"kind\":\"k\",\"priority\":99999999999}~JSON_MALFORMED~priority",
                "{\"kind\":\"k\",\"runAt\":\"tomorrow\"}~INSTANT_INVALID~runAt",
                "{\"kind\":\"k\",\"runAt\":1}~TYPE_WRONG~runAt",
                "{\"kind\":\"k\",\"runAt\":\"2026-01-01T00:00:00Z\",\"delayMillis\":1}~FIELDS_EXCLUDE_EACH_OTHER~runAt",
                "[]~TYPE_WRONG~body",
                "null~TYPE_WRONG~body",
                "\"x\"~TYPE_WRONG~body"
            })
    void whatIsWrongIsNamedWithItsPlace(String json, String code, String field) {
        assertThatThrownBy(() -> read(json == null ? "" : json))
                .isInstanceOfSatisfying(InvalidValueException.class, e -> {
                    assertThat(e.field()).as(e.getMessage()).isEqualTo(field);
                    assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
                    assertThat(e.getMessage()).doesNotContain("dev.leat", "jackson", "java.");
                });
    }

    @Test
    void anElementThatIsNullIsNamed() {
        assertThatThrownBy(
                        () -> WireJson.STRICT.readList("[{\"kind\":\"k\"},null]".getBytes(UTF_8), EnqueueJob.class, 10))
                .isInstanceOfSatisfying(
                        InvalidValueException.class, e -> assertThat(e.field()).isEqualTo("[1]"));
    }

    @Test
    void ofALongArrayNoMoreIsReadThanIsAskedFor() {
        byte[] endless = ("[" + "{\"kind\":\"k\"},".repeat(4) + "no JSON any more").getBytes(UTF_8);
        assertThat(WireJson.STRICT.readList(endless, EnqueueJob.class, 4)).hasSize(4);
        assertThatThrownBy(() -> WireJson.STRICT.readList(endless, EnqueueJob.class, 5))
                .isInstanceOfSatisfying(
                        InvalidValueException.class, e -> assertThat(e.code()).isEqualTo("JSON_MALFORMED"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "[{\"kind\":\"k\"},{\"kind\":1}]~TYPE_WRONG~[1].kind",
                "[{\"kind\":\"k\"},{\"kind\":\"k\",\"pirority\":1}]~FIELD_UNKNOWN~[1].pirority",
                "[{\"kind\":\"k\"},{}]~FIELD_MISSING~[1].kind",
                "[{\"kind\":\"k\"},7]~TYPE_WRONG~[1]",
                "[{\"kind\":\"k\"},{\"kind\":\"k\"}~JSON_MALFORMED~body",
                "[{\"kind\":\"k\"}]]~JSON_MALFORMED~body",
                "[{\"kind\":\"k\"}] 1~JSON_MALFORMED~body",
                "{\"kind\":\"k\"}~TYPE_WRONG~body",
            })
    void whatIsWrongInAnArrayIsNamedWithItsPlace(String json, String code, String field) {
        assertThatThrownBy(() -> WireJson.STRICT.readList(json.getBytes(UTF_8), EnqueueJob.class, 10))
                .isInstanceOfSatisfying(InvalidValueException.class, e -> {
                    assertThat(e.field()).as(e.getMessage()).isEqualTo(field);
                    assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
                });
    }

    @Test
    void aPayloadIsReadToItsLimitAndNoFurther() {
        String most = "x".repeat(Payload.MAX_BYTES - 2);
        assertThat(read("{\"kind\":\"k\",\"payload\":\"" + most + "\"}")
                        .payload()
                        .bytes())
                .hasSize(Payload.MAX_BYTES);
        for (String payload : new String[] {
            "\"" + most + "x\"",
            "\"" + "\\\"".repeat(Payload.MAX_BYTES / 2) + "\"",
            "[" + "1,".repeat(Payload.MAX_BYTES / 2) + "1]",
            "[\"" + most + "\"]",
        }) {
            assertThatThrownBy(() -> read("{\"kind\":\"k\",\"payload\":" + payload + " no JSON any more"))
                    .isInstanceOfSatisfying(InvalidValueException.class, e -> {
                        assertThat(e.code()).isEqualTo("PAYLOAD_TOO_LARGE");
                        assertThat(e.field()).isEqualTo("payload");
                    });
        }
    }

    @Test
    void theDeepestNestingThatIsReadIsAHundredLevelsOfTheWhole() {
        read("{\"kind\":\"k\",\"payload\":" + "[".repeat(99) + "]".repeat(99) + "}");
        for (int depth : new int[] {100, 101, 100_000}) {
            assertThatThrownBy(() -> read("{\"kind\":\"k\",\"payload\":" + "[".repeat(depth) + "]".repeat(depth) + "}"))
                    .isInstanceOfSatisfying(
                            InvalidValueException.class,
                            e -> assertThat(e.code()).isEqualTo("JSON_TOO_COMPLEX"));
        }
    }

    @Test
    void aNameThatIsTooLongIsRefusedInWordsOfOurs() {
        assertThatThrownBy(() -> read("{\"" + "k".repeat(60_000) + "\":1}"))
                .isInstanceOfSatisfying(InvalidValueException.class, e -> {
                    assertThat(e.code()).isEqualTo("JSON_TOO_COMPLEX");
                    assertThat(e.getMessage())
                            .contains("exceeds the maximum allowed (50000)")
                            .doesNotContain("StreamReadConstraints");
                });
    }

    @Test
    void whatIsNotUtf8IsRefusedAlsoWhereNobodyReadsIt() {
        for (int[] bytes : new int[][] {{0xc0, 0x80}, {0xff}, {0xed, 0xa0, 0x80}, {0xf5, 0x80, 0x80, 0x80}, {0xe4}}) {
            byte[] json = "{\"kind\":\"k\",\"payload\":\"........\"}".getBytes(UTF_8);
            for (int i = 0; i < bytes.length; i++) {
                json[23 + i] = (byte) bytes[i];
            }
            assertThatThrownBy(() -> WireJson.STRICT.read(json, EnqueueJob.class))
                    .isInstanceOfSatisfying(
                            InvalidValueException.class,
                            e -> assertThat(e.code()).isEqualTo("UTF8_INVALID"));
        }
    }

    @Test
    void anAnswerOfANewerServerIsRead() {
        assertThat(WireJson.LENIENT.read(
                        "{\"id\":\"0000002000000\",\"status\":\"duplicate\",\"new\":{}}".getBytes(UTF_8),
                        EnqueuedJob.class))
                .isEqualTo(new EnqueuedJob(JobId.of(1, 0, 0), EnqueueStatus.DUPLICATE));
    }
}
