package dev.leat.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.cli.CommandRig.Ran;
import dev.leat.wire.JobHeadView;
import dev.leat.wire.JobView;
import dev.leat.wire.Problem;
import dev.leat.wire.WireJson;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code leat enqueue}, on a server that runs nothing. */
@Timeout(120)
class EnqueueTest {
    private static final String LONGEST = Duration.ofSeconds(Long.MAX_VALUE).toString();
    private static final String ODD = "{ \"t\" : \"\\u00e4\u00e4\u2028 <b>\", \"n\": 9007199254740993, \"z\": -0.0 }";

    @TempDir
    Path home;

    private final CommandRig rig = new CommandRig(false);

    @AfterAll
    static void close() {
        CommandRig.closeAll();
    }

    private JobView shown(JobId id) {
        return rig.ask("jobs", "show", "--json", id.toString()).read(JobView.class);
    }

    @Test
    void thePayloadIsSentByteForByte() {
        JobView job = shown(rig.enqueued("mail", "note", ODD));
        assertThat(job.payload().text()).isEqualTo(ODD);
        assertThat(job.queue().value()).isEqualTo("mail");
        assertThat(job.kind().value()).isEqualTo("note");
    }

    @Test
    void aPayloadCanComeFromStandardInput() {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream((ODD + "\n").getBytes(UTF_8)));
        try {
            assertThat(shown(rig.enqueued("mail", "note", "-")).payload().text())
                    .isEqualTo(ODD);
        } finally {
            System.setIn(before);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{} {}", "1},{\"kind\":\"other\"", "nul", "{\"a\":1,\"a\":2}", "'x'"})
    void whatIsNotOneJsonValueIsRefusedBeforeAnythingIsSent(String payload) {
        Ran ran = rig.ask("enqueue", "mail", "note", payload);
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).startsWith("leat: PAYLOAD ");
        assertThat(rig.listed()).isEmpty();
    }

    @Test
    void everyOptionReachesTheJob() {
        JobView urgent = shown(rig.enqueued("mail", "note", "1", "--priority", "0", "--max-attempts", "3"));
        assertThat(urgent.priority()).isZero();
        assertThat(urgent.maxAttempts()).isEqualTo(3);
        assertThat(urgent.state()).isEqualTo(JobState.AVAILABLE);

        JobView later = shown(rig.enqueued("mail", "note", "--delay", "5m"));
        assertThat(later.state()).isEqualTo(JobState.SCHEDULED);
        assertThat(Duration.between(later.createdAt(), later.dueAt())).isEqualTo(Duration.ofMinutes(5));

        JobView far = shown(rig.enqueued("mail", "note", "--run-at", "2199-01-31T08:00:00+01:00"));
        assertThat(far.dueAt()).hasToString("2199-01-31T07:00:00Z");
        assertThat(far.payload().text()).isEqualTo("null");
    }

    @Test
    void theSameKeyEnqueuesOnce() {
        JobId id = rig.enqueued("mail", "note", "1", "--idempotency-key", "k");
        Ran again = rig.ask("enqueue", "mail", "note", "1", "--idempotency-key", "k");
        assertThat(again.out()).isEqualTo(id + "  duplicate" + System.lineSeparator());
        assertThat(rig.listed()).hasSize(1);

        Ran other = rig.ask("enqueue", "mail", "note", "2", "--idempotency-key", "k", "--json");
        assertThat(other.code()).isEqualTo(1);
        assertThat(WireJson.STRICT
                        .read(other.err().getBytes(UTF_8), Problem.class)
                        .code())
                .isEqualTo("IDEMPOTENCY_KEY_REUSED");
    }

    @Test
    void aHeldKeyIsAnsweredWithItsHolder() throws IOException {
        JobId id = rig.enqueued("mail", "note", "1", "--unique-key", "order 7");
        Ran again = rig.ask("enqueue", "mail", "note", "2", "--unique-key", "order 7", "--unique-for", "1d");
        assertThat(again.out()).isEqualTo(id + "  held" + System.lineSeparator());

        Path file = file(List.of("{\"uniqueKey\":\"order 7\"}", "{\"uniqueKey\":\"order 8\"}", "{}"));
        Ran all = rig.ask("enqueue", "mail", "note", "--file", file.toString());
        assertThat(all.out()).startsWith("2 jobs enqueued, 1 not since another job holds their key");
        assertThat(rig.listed()).hasSize(3);

        assertThat(rig.ask("enqueue", "q", "k", "--unique-for", "1d").err()).contains("--unique-for is given without");
        Ran wrong = rig.ask("enqueue", "q", "k", "--unique-key", "k", "--unique-for", "366d");
        assertThat(wrong.err()).contains("--unique-for is 366d; allowed: a duration from 1s to 365d");
        assertThat(rig.ask("enqueue", "q", "k", "--unique-key", "k", "--unique-for", LONGEST)
                        .err())
                .contains("--unique-for is " + LONGEST + "; allowed: a duration from 1s to 365d");
        assertThat(rig.listed()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u00fc", "\u00f6", "two words", ""})
    void whatIsNoKeyIsRefusedBeforeAnythingIsSent(String key) {
        Ran ran = rig.ask("enqueue", "mail", "note", "1", "--idempotency-key", key);
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err())
                .contains("'--idempotency-key'")
                .contains("allowed: 1 to 255 printable ASCII characters without spaces");
        assertThat(rig.listed()).isEmpty();
    }

    @Test
    void commandLinesThatContradictThemselvesAreRefused() {
        assertThat(rig.ask("enqueue").err()).contains("QUEUE and KIND are missing");
        assertThat(rig.ask("enqueue", "q", "k", "--delay", "1s", "--run-at", "2099-01-01T00:00:00Z")
                        .err())
                .contains("--delay and --run-at exclude each other");
        assertThat(rig.ask("enqueue", "q", "k", "1", "--file", "x").err()).contains("PAYLOAD and --file");
        assertThat(rig.ask("enqueue", "Q", "k").err()).contains("queue is \"Q\"; allowed");
        assertThat(rig.ask("enqueue", "q", "k", "--delay", "soon").err()).contains("a duration such as");
        Ran never = rig.ask("enqueue", "q", "k", "--delay", LONGEST);
        assertThat(never.err()).contains("--delay is " + LONGEST + "; allowed: a duration from 0s to 3650d");
        assertThat(never.code()).isEqualTo(2);
        assertThat(rig.ask("enqueue", "q", "k", "--run-at", "today").err()).contains("ISO-8601");
        assertThat(rig.ask("enqueue", "q", "k", "--run-at", "today").code()).isEqualTo(2);
    }

    @Test
    void theServersRefusalIsToldWithItsField() {
        Ran ran = rig.ask("enqueue", "mail", "note", "--priority", "10");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err())
                .isEqualTo("leat: priority is 10; allowed: a whole number from 0 to 9" + System.lineSeparator());
    }

    private Path file(List<String> lines) throws IOException {
        return Files.write(home.resolve("jobs.jsonl"), lines);
    }

    private static List<String> lines(int count) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lines.add("{\"payload\":{ \"i\":" + i + "}}");
        }
        return lines;
    }

    @Test
    void aFileIsEnqueuedLineByLineAndOnce() throws IOException {
        Path file = file(lines(2_500));
        Ran first = rig.ask("enqueue", "bulk", "note", "--file", file.toString(), "--json");
        assertThat(first.err()).isEmpty();
        assertThat(first.out().strip()).isEqualTo("{\"accepted\":2500,\"duplicates\":0,\"held\":0}");
        List<JobHeadView> listed = rig.listed();
        assertThat(listed).hasSize(2_500).allMatch(job -> job.queue().value().equals("bulk"));
        assertThat(shown(listed.getLast().id()).payload().text()).isEqualTo("{ \"i\":0}");

        Ran again = rig.ask("enqueue", "bulk", "note", "--file", file.toString());
        assertThat(again.out()).startsWith("0 jobs enqueued, 2,500 were there before");
        assertThat(rig.listed()).hasSize(2_500);

        Ran meant = rig.ask("enqueue", "bulk", "note", "--file", file.toString(), "--idempotency-key", "2");
        assertThat(meant.out()).startsWith("2,500 jobs enqueued in");
    }

    @Test
    void aLineSaysWhatDiffersFromTheCommandLine() throws IOException {
        Path file = file(List.of(
                "{\"queue\":\"other\",\"kind\":\"call\",\"priority\":1,\"maxAttempts\":2,\"delayMillis\":1000}",
                "",
                "{\"payload\":[]}"));
        assertThat(rig.ask("enqueue", "bulk", "note", "--file", file.toString(), "--run-at", "2199-01-01T00:00:00Z")
                        .code())
                .isZero();
        List<JobHeadView> jobs = rig.listed();
        assertThat(jobs).hasSize(2);
        JobHeadView other = jobs.stream()
                .filter(job -> job.queue().value().equals("other"))
                .findFirst()
                .orElseThrow();
        assertThat(other.kind().value()).isEqualTo("call");
        assertThat(other.priority()).isEqualTo(1);
        assertThat(other.maxAttempts()).isEqualTo(2);
        assertThat(Duration.between(other.createdAt(), other.dueAt())).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aBadLineStopsItsBatchAndTheSameCommandGoesOn() throws IOException {
        List<String> lines = lines(2_500);
        List<String> bad = new ArrayList<>(lines);
        bad.set(2_099, "{\"payload\":1,\"prio\":1}");
        bad.set(2_199, "{\"payload\":");
        Path file = file(bad);

        Ran ran = rig.ask("enqueue", "bulk", "note", "--file", file.toString());
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err())
                .contains("the first 2000 jobs are enqueued; to go on, run the same command again")
                .contains(file + ":2100: prio is not a field of this object")
                .contains(file + ":2200: ");
        assertThat(rig.listed()).hasSize(2_000);
        for (String json : List.of("--json", "--json=true")) {
            Ran again = rig.ask("enqueue", "bulk", "note", "--file", file.toString(), json);
            assertThat(again.code()).isEqualTo(2);
            assertThat(again.out()).isEmpty();
            Problem problem = WireJson.STRICT.read(again.err().getBytes(UTF_8), Problem.class);
            assertThat(problem.code()).isEqualTo("USAGE");
            assertThat(problem.message()).contains(file + ":2100: ").contains("the first 2000 jobs are enqueued");
        }

        file(lines);
        assertThat(rig.ask("enqueue", "bulk", "note", "--file", file.toString()).out())
                .startsWith("500 jobs enqueued, 2,000 were there before");
        assertThat(rig.listed()).hasSize(2_500);
    }

    @Test
    void whatOnlyTheServerRefusesIsToldWithItsLine() throws IOException {
        List<String> lines = lines(10);
        lines.add(3, "");
        lines.set(7, "{\"priority\":11}");
        Path file = file(lines);
        Ran ran = rig.ask("enqueue", "bulk", "note", "--file", file.toString());
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains(file + ":8: priority is 11; allowed: a whole number from 0 to 9");
        assertThat(rig.listed()).isEmpty();
    }

    @Test
    void whatTheServerRefusesLaterOnIsOneProblemThatSaysHowFarItCame() throws IOException {
        List<String> lines = lines(1_500);
        lines.set(1_400, "{\"priority\":11}");
        Ran ran = rig.ask("enqueue", "bulk", "note", "--file", file(lines).toString(), "--json");
        assertThat(ran.code()).isEqualTo(1);
        Problem problem = WireJson.STRICT.read(ran.err().getBytes(UTF_8), Problem.class);
        assertThat(problem.field()).isEqualTo("priority");
        assertThat(problem.message()).contains(":1401: priority is 11").contains("the first 1000 jobs are enqueued");
    }

    @Test
    void linesWithoutEndAndLinesOfOtherThingsAreToldApart() throws IOException {
        Path file = Files.write(home.resolve("odd"), "{\"kind\":\"a\"}\r\n{\"kind\":\"b\"}".getBytes(UTF_8));
        assertThat(rig.ask("enqueue", "--file", file.toString()).code()).isZero();
        assertThat(rig.listed()).extracting(job -> job.queue().value()).containsOnly("default");

        Files.writeString(file, "{\"payload\":\"" + "x".repeat(2 << 20) + "\"}\n{}\n");
        assertThat(rig.ask("enqueue", "--file", file.toString()).err())
                .contains(":1: line is longer than 1048576 bytes")
                .contains(":2: kind is missing");
        Files.write(file, new byte[] {'{', (byte) 0xff, '}'});
        assertThat(rig.ask("enqueue", "--file", file.toString()).err()).contains(":1: line is not UTF-8");
        assertThat(rig.ask("enqueue", "--file", home.resolve("none").toString()).err())
                .contains("cannot read " + home.resolve("none") + ": there is no such file");
        Ran folder = rig.ask("enqueue", "--file", home.toString());
        assertThat(folder.code()).isEqualTo(2);
        assertThat(folder.err()).contains("cannot read " + home + ": Is a directory");
        Files.write(file, Collections.nCopies(30, "{}"));
        assertThat(rig.ask("enqueue", "--file", file.toString()).err().lines())
                .as("twenty mistakes, and where to read on")
                .hasSize(21);
    }
}
