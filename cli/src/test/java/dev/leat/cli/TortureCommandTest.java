package dev.leat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.cli.CommandRig.Ran;
import dev.leat.verify.history.Event;
import dev.leat.verify.history.HistoryFile;
import dev.leat.verify.history.Op;
import dev.leat.verify.history.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How histories are judged, and what is told before anything is broken. */
class TortureCommandTest {
    private static final long SECOND = 1_000_000_000L;

    @TempDir
    Path home;

    @Test
    void aLostJobEndsWithOneAndTellsWhatWasBroken() {
        enqueued();
        faults();

        Ran ran = judge();

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.out())
                .contains("1 jobs acknowledged, 0 completed; 1 lost")
                .contains("1 promises broken:")
                .contains(
                        "I1 (nothing accepted is lost): job 0000000000005 was accepted, and is not in the store at the"
                                + " end")
                .contains("+2.000 server-kill of server\n", "+3.000 server-kill of server is mended\n");
    }

    @Test
    void programsAreToldAsMuchInOneLine() {
        enqueued();
        faults();

        Ran ran = judge("--json", "--seed", "7");

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.out().lines()).hasSize(1);
        Map<?, ?> result = ran.read(Map.class);
        assertThat(result.keySet())
                .map(String::valueOf)
                .containsExactly(
                        "acknowledged",
                        "lost",
                        "doubled",
                        "staleAccepted",
                        "faults",
                        "kindsOfFaults",
                        "jobs",
                        "completed",
                        "redeliveries",
                        "stale",
                        "broken",
                        "violations",
                        "complaints",
                        "seed",
                        "skipped");
        assertThat(result.get("lost")).isEqualTo(1);
        assertThat(result.get("seed")).isEqualTo(7);
        assertThat(result.get("kindsOfFaults")).isEqualTo(Map.of("server-kill", 1));
        assertThat(result.get("violations"))
                .isEqualTo(List.of(Map.of(
                        "invariant",
                        "I1",
                        "job",
                        "0000000000005",
                        "sentence",
                        "job 0000000000005 was accepted, and is not in the store at the end")));
    }

    @Test
    void aHistoryThatBreaksNothingEndsWithZero() {
        enqueued();
        write(
                "operator",
                event(12, "operator", Op.CANCEL, Phase.INVOKE).job(5),
                event(13, "operator", Op.CANCEL, Phase.OK).job(5).word("done"));
        write("end", event(14, "end", Op.FINAL, Phase.OK).job(5).word("cancelled"));

        Ran ran = judge();

        assertThat(ran.code()).isZero();
        assertThat(ran.out())
                .contains("1 jobs acknowledged, 0 completed; 0 lost")
                .contains("no promise broken");
    }

    @ParameterizedTest
    @CsvSource({
        "--backend redis, 'allowed: postgres, redis-lists, redis-streams, sqlite, kv'",
        "--backend sqlite --setting a=b, '--setting is for servers, and --backend is sqlite'",
        "--backend kv --setting a=b, '--setting is for servers, and --backend is kv'",
        "--minutes 0, allowed: 0.1 to 1440",
        "--minutes NaN, allowed: 0.1 to 1440",
        "--power-cuts -1, allowed: 0 to 10000",
        "--faults stop;earthquake, --faults has earthquake",
        "--setting port=1, The launcher decides \"port\" itself",
    })
    void whatIsNotUnderstoodEndsWithTwo(String arguments, String problem) {
        String[] words = ("torture " + arguments.replace(';', ',')).split(" ");
        Ran ran = CommandRig.run(words);
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains(problem);
    }

    @Test
    void aFolderWithSomethingInItIsNotTouched() throws IOException {
        Files.writeString(home.resolve("thesis.txt"), "do not delete");
        Ran ran = CommandRig.run("torture", "--data", home.toString());
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains("is not empty; name a new folder with --data");
        assertThat(home.resolve("thesis.txt")).exists();
    }

    @Test
    void aFolderWithoutHistoriesIsNoHistory() {
        Ran ran = judge();
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains("there is no history in");
    }

    private void enqueued() {
        write(
                "producer",
                event(10, "producer", Op.ENQUEUE, Phase.INVOKE).job(5).lane("one", "mail", "work"),
                event(11, "producer", Op.ENQUEUE, Phase.OK).job(5).word("accepted"));
    }

    private void faults() {
        write(
                "faults",
                event(12, "server", Op.FAULT, Phase.INVOKE).word("server-kill"),
                event(13, "server", Op.FAULT, Phase.OK).word("server-kill"));
    }

    private Ran judge(String... more) {
        return CommandRig.run(Stream.concat(Stream.of("torture", "--judge", home.toString()), Stream.of(more))
                .toArray(String[]::new));
    }

    private void write(String process, Event.Builder... events) {
        try (HistoryFile file = HistoryFile.create(home, process)) {
            file.accept(List.of(events).stream().map(Event.Builder::build).toList());
        }
    }

    private static Event.Builder event(long second, String process, Op op, Phase phase) {
        return Event.of(second * SECOND, process, 1, op, phase);
    }
}
