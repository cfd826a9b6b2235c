package dev.leat.engine.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.KindName;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read, and how. */
class ConfigTest {
    enum Level {
        LOW,
        VERY_HIGH
    }

    record Inner(
            @Setting(value = "A number.", defaultsTo = "7") int number,
            @Setting(value = "A list.", shorthand = true) List<String> list) {}

    record Everything(
            @Setting(value = "Text.", defaultsTo = "''") String someText,
            @Setting(value = "Number.", defaultsTo = "1") int number,

            @Setting(value = "Large number.", defaultsTo = "2")
            long largeNumber,

            @Setting(value = "Truth.", defaultsTo = "false") boolean truth,
            @Setting(value = "Time.", defaultsTo = "1s") Duration time,
            @Setting(value = "Size.", defaultsTo = "1KiB") ByteSize size,
            @Setting(value = "Path.", defaultsTo = "/tmp") Path path,

            @Setting(value = "URI.", defaultsTo = "http://localhost/")
            URI uri,

            @Setting(value = "Word.", defaultsTo = "low") Level level,
            @Setting(value = "Kind.", defaultsTo = "mail") KindName kind,
            @Setting(value = "Secret.", defaultsTo = "''") Secret secret,
            @Setting("Maybe.") Optional<String> maybe,
            @Setting(value = "Many.", defaultsTo = "{}") Map<String, Inner> many) {}

    private static final Config<Everything> CONFIG = Config.of(Everything.class);

    @TempDir
    private Path dir;

    private static Everything read(String yaml) {
        return CONFIG.read("test.yaml", yaml, Map.of());
    }

    private static Everything read(String yaml, Map<String, String> environment) {
        return CONFIG.read("test.yaml", yaml, environment);
    }

    @Test
    void everyTypeIsReadAndHasItsDefault() {
        assertThat(read(""))
                .isEqualTo(new Everything(
                        "",
                        1,
                        2,
                        false,
                        Duration.ofSeconds(1),
                        new ByteSize(1024),
                        Path.of("/tmp"),
                        URI.create("http://localhost/"),
                        Level.LOW,
                        new KindName("mail"),
                        Secret.of(""),
                        Optional.empty(),
                        Map.of()));
        assertThat(read("""
            some_text: "a: b"
            number: -5
            large_number: 9223372036854775807
            truth: true
            time: 1h
            size: 2GiB
            path: data/jobs
            uri: https://example.org/a?b=c
            level: very_high
            kind: sms
            secret: s
            maybe: there
            many:
              one: {number: 0, list: []}
              two: [a, b]
            """))
                .isEqualTo(new Everything(
                        "a: b",
                        -5,
                        Long.MAX_VALUE,
                        true,
                        Duration.ofHours(1),
                        new ByteSize(2L << 30),
                        Path.of("data/jobs"),
                        URI.create("https://example.org/a?b=c"),
                        Level.VERY_HIGH,
                        new KindName("sms"),
                        Secret.of("s"),
                        Optional.of("there"),
                        Map.of("one", new Inner(0, List.of()), "two", new Inner(7, List.of("a", "b")))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no",
                "on",
                "yes",
                "true",
                "null",
                "~",
                "1e3",
                "0123",
                "0x1F",
                "0o17",
                ".inf",
                "2026-01-01",
                "12:30:45",
                "1_000",
                "="
            })
    void aTextIsWhatIsWrittenWhateverItLooksLike(String text) {
        assertThat(read("some_text: " + text).someText()).isEqualTo(text);
        assertThat(read("many: {x: [" + text + "]}").many()).containsEntry("x", new Inner(7, List.of(text)));
    }

    @ParameterizedTest
    @CsvSource({
        "0s, PT0S",
        "250ms, PT0.25S",
        "30s, PT30S",
        "90s, PT1M30S",
        "5m, PT5M",
        "1h, PT1H",
        "2d, PT48H",
        "PT1M30S, PT1M30S",
        "P1DT1H, PT25H"
    })
    void durationsAreReadInBothForms(String text, Duration time) {
        assertThat(read("time: " + text).time()).isEqualTo(time);
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0s",
        "PT0.25S, 250ms",
        "PT90S, 90s",
        "PT5M, 5m",
        "PT24H, 1d",
        "PT25H, 25h",
        "PT0.000001S, PT0.000001S"
    })
    void durationsAreShownInTheirLargestUnit(Duration time, String text) {
        assertThat(Times.shown(time)).isEqualTo(text);
        assertThat(Times.spoken("from PT0.01S to " + time + ".")).isEqualTo("from 10ms to " + text + ".");
    }

    @ParameterizedTest
    @CsvSource({"0B, 0", "512B, 512", "64KiB, 65536", "16MiB, 16777216", "2GiB, 2147483648", "1536KiB, 1572864"})
    void sizesAreReadAndShown(String text, long bytes) {
        assertThat(read("size: " + text).size()).isEqualTo(new ByteSize(bytes));
        assertThat(new ByteSize(bytes)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', textBlock = """
        ${A}           | one
        x${A}y${B}z    | xoneytwoz
        ${NONE:none}   | none
        ${NONE:}       | ``
        ${EMPTY:empty} | empty
        ${A:ignored}   | one
        ${NONE:a:b/c}  | a:b/c
        $${A}          | ${A}
        $A ${A}        | $A one
        ${NESTED}      | ${A}
        $ {A} $$       | $ {A} $$
        """, delimiter = '|')
    void variablesStandInTexts(String text, String value) {
        Map<String, String> environment = Map.of("A", "one", "B", "two", "EMPTY", "", "NESTED", "${A}");
        assertThat(read("some_text: '" + text + "'", environment).someText()).isEqualTo(value);
    }

    @Test
    void variablesStandInValuesOfEveryType() {
        Everything config = read(
                "{number: '${N}', truth: '${T}', secret: '${S}', many: {x: ['${N}']}}",
                Map.of("N", "42", "T", "true", "S", "pw"));
        assertThat(config.number()).isEqualTo(42);
        assertThat(config.truth()).isTrue();
        assertThat(config.secret().reveal()).isEqualTo("pw");
        assertThat(config.many()).containsEntry("x", new Inner(7, List.of("42")));
    }

    @Test
    void theEnvironmentGoesBeforeTheFileAndIsTakenAsItIs() {
        Everything config = read(
                "{number: '${NOT_SET}', some_text: file}",
                Map.of("LEAT_NUMBER", "5", "LEAT_SOME_TEXT", "${A} # no comment", "LEAT_MAYBE", "there"));
        assertThat(config.number()).isEqualTo(5);
        assertThat(config.someText()).isEqualTo("${A} # no comment");
        assertThat(config.maybe()).contains("there");
    }

    @Test
    void anEmptyVariableIsNone() {
        assertThat(read("number: 3", Map.of("LEAT_NUMBER", "", "LEAT_BOGUS", ""))
                        .number())
                .isEqualTo(3);
    }

    @Test
    void variablesOfOthersAreNoMistakes() {
        Everything config = read(
                "",
                Map.of(
                        "LEAT_JAVA_HOME", "/jdk",
                        "LEAT_DEBUG", "1",
                        "LEAT_DEMO_URL", "x",
                        "LEAT_SERVER_URL", "http://localhost:8080",
                        // Kubernetes sets these for services called leat and leat-number.
                        "LEAT_SERVICE_HOST", "10.0.0.1",
                        "LEAT_SERVICE_PORT_HTTP", "8080",
                        "LEAT_PORT", "tcp://10.0.0.1:8080",
                        "LEAT_PORT_8080_TCP_ADDR", "10.0.0.1",
                        "LEAT_NUMBER_PORT", "tcp://10.0.0.1:8080",
                        "NUMBER", "9"));
        assertThat(config.number()).isEqualTo(1);
    }

    @Test
    void aSecretCanBeInAFileAndIsNeverShown() throws Exception {
        Path file = dir.resolve("pw");
        Files.writeString(file, " s3cret\n\n");
        Everything config = read("secret: file:" + file);
        assertThat(config.secret().reveal()).isEqualTo(" s3cret\n");
        assertThat(config.toString()).doesNotContain("s3cret").contains("***");
        assertThat(read("", Map.of("LEAT_SECRET", "file:" + file)).secret()).isEqualTo(config.secret());
        assertThat(read("some_text: file:" + file).someText()).isEqualTo("file:" + file);
        Files.writeString(file, "s3cret\r\n");
        assertThat(read("secret: file:" + file).secret().reveal()).isEqualTo("s3cret");
    }

    @Test
    void aFileIsReadWithOrWithoutAByteOrderMark() throws Exception {
        Path file = dir.resolve("leat.yaml");
        Files.writeString(file, "\uFEFFsome_text: grüße\r\nnumber: 2\r\n");
        Everything config = CONFIG.read(file, Map.of());
        assertThat(config.someText()).isEqualTo("grüße");
        assertThat(config.number()).isEqualTo(2);
    }

    @Test
    void aFileThatCannotBeReadIsAMistake() throws Exception {
        Path file = dir.resolve("leat.yaml");
        assertThatThrownBy(() -> CONFIG.read(file, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage(file + ": the file does not exist; allowed: a YAML file");
        Files.write(file, "some_text: gr\u00fc\u00dfe".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> CONFIG.read(file, Map.of()))
                .hasMessage(file + ": the file is not UTF-8; allowed: UTF-8 text");
        Files.writeString(file, "# " + "x".repeat(YamlReader.MOST_BYTES - 3) + "\n");
        assertThat(CONFIG.read(file, Map.of()).number()).isEqualTo(1);
        Files.writeString(file, "# " + "x".repeat(YamlReader.MOST_BYTES - 2) + "\n");
        assertThatThrownBy(() -> CONFIG.read(file, Map.of()))
                .hasMessage(file + ": the file is larger than 1MiB; allowed: at most 1MiB");
        assertThatThrownBy(() -> CONFIG.read(dir, Map.of())).isInstanceOf(ConfigException.class);
    }

    @Test
    void aSectionWithNothingInItIsAsGoodAsNone() {
        assertThat(read("many:\nmaybe: x\n").many()).isEmpty();
        assertThat(read("---\n...\n")).isEqualTo(read(""));
    }

    record Unnamed(int number) {}

    record Unreadable(@Setting("Any.") Object any) {}

    record BadDefault(
            @Setting(value = "Number.", defaultsTo = "x") int number) {}

    record SameVariable(
            @Setting(value = "One.", defaultsTo = "1") int innerNumber,
            @Setting("Two.") Inner inner) {}

    @ParameterizedTest
    @ValueSource(classes = {Unnamed.class, Unreadable.class, BadDefault.class})
    void aRecordThatCannotBeReadIsRefusedAtOnce(Class<? extends Record> type) {
        assertThatThrownBy(() -> Config.of(type)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void twoSettingsOfOneVariableAreRefusedAtOnce() {
        assertThatThrownBy(() -> Config.of(SameVariable.class)).hasMessageContaining("LEAT_INNER_NUMBER");
    }
}
