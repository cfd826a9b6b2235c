package dev.leat.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.QueueName;
import dev.leat.cli.CommandRig.Ran;
import dev.leat.wire.JobView;
import dev.leat.wire.Problem;
import dev.leat.wire.PruneAnswer;
import dev.leat.wire.QueueView;
import dev.leat.wire.Stats;
import dev.leat.wire.WireJson;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Looking at jobs and changing them, on a server that runs the built-in kinds. */
@Timeout(120)
class JobCommandsTest {
    private final CommandRig rig = new CommandRig(true);

    @AfterAll
    static void close() {
        CommandRig.closeAll();
    }

    private JobView await(JobId id, JobState state) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(
                        () -> rig.ask("jobs", "show", "--json", id.toString()).read(JobView.class),
                        job -> job.state() == state);
    }

    private JobId failed() {
        JobId id = rig.enqueued("mail", "fail", "{\"message\":\"a\\u001b[31m\\nb\"}", "--max-attempts", "1");
        await(id, JobState.DISCARDED);
        return id;
    }

    @Test
    void jobsAreListedInColumnsThatStandUnderEachOther() {
        JobId failed = failed();
        JobId later = rig.enqueued("default", "sleep", "{\"millis\":1}", "--delay", "1h");
        Ran ran = rig.ask("jobs", "list");
        assertThat(ran.code()).isZero();
        assertThat(ran.out().lines())
                .hasSize(3)
                .satisfiesExactlyInAnyOrder(
                        title -> assertThat(title)
                                .matches("ID +QUEUE +KIND +STATE +ATTEMPT +WHEN +ERROR")
                                .satisfies(line ->
                                        assertThat(line.indexOf("QUEUE")).isEqualTo(15)),
                        line -> assertThat(line).matches(later + "  default  sleep  scheduled +0/25  in 60 min"),
                        line -> assertThat(line)
                                .matches(failed + "  mail     fail   discarded +1/1  .*  a\\?\\[31m\\?b"));
    }

    @Test
    void whatEndedLongAgoIsPruned() {
        CommandRig idle = new CommandRig(false);
        List<String> ids = IntStream.range(0, 3)
                .mapToObj(i -> idle.enqueued("mail", "sleep", "1").toString())
                .toList();
        idle.ask("jobs", "cancel", ids.getFirst(), ids.getLast());
        assertThat(idle.ask("prune").out()).startsWith("0 completed, 0 discarded and 0 cancelled jobs removed");
        idle.clock.advance(Duration.ofDays(7));

        assertThat(idle.ask("prune", "--dry-run").out())
                .isEqualTo("0 completed, 0 discarded and 2 cancelled jobs would be removed" + System.lineSeparator());
        assertThat(idle.listed()).hasSize(3);
        assertThat(idle.ask("prune", "--json").read(PruneAnswer.class)).isEqualTo(new PruneAnswer(0, 0, 2, false));
        assertThat(idle.listed()).extracting(job -> job.id().toString()).containsExactly(ids.get(1));

        Ran blind = CommandRig.run("prune", "--store", "jdbc:postgresql://localhost/app");
        assertThat(blind.code()).isEqualTo(2);
        assertThat(blind.err()).contains("--store does not say how long jobs are kept; allowed: --server, or --config");
    }

    @Test
    void theListIsFilteredAndPaged() {
        for (int i = 0; i < 120; i++) {
            rig.enqueued(i % 2 == 0 ? "even" : "odd", "sleep", "{\"millis\":1}", "--delay", "1h");
        }
        assertThat(rig.ask("jobs", "list").out().lines()).hasSize(51);
        assertThat(rig.ask("jobs", "list").err()).contains("There are more");
        assertThat(rig.ask("jobs", "list", "--limit", "110", "--json").out().lines())
                .hasSize(110);
        Ran all = rig.ask("jobs", "list", "--all");
        assertThat(all.out().lines()).hasSize(121);
        assertThat(all.err()).isEmpty();
        assertThat(rig.ask("jobs", "list", "--all", "--queue", "odd", "--json")
                        .out()
                        .lines())
                .hasSize(60);
        assertThat(rig.ask("jobs", "list", "--state", "running,completed").out().strip())
                .isEqualTo("no jobs");
        assertThat(rig.ask("jobs", "list", "--kind", "fail", "--json").out()).isEmpty();
        assertThat(rig.ask("jobs", "list", "--state", "gone").code()).isEqualTo(2);
        assertThat(rig.ask("jobs", "list", "--limit", "0").code()).isEqualTo(2);
    }

    @Test
    void aJobIsShownWithItsFailureAndWithoutWhatATerminalObeys() {
        JobId id = failed();
        rig.ask("jobs", "retry", id.toString());
        JobView twice = Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(
                        () -> rig.ask("jobs", "show", "--json", id.toString()).read(JobView.class),
                        job -> job.state() == JobState.DISCARDED && job.attempt() == 2);
        assertThat(twice.attempts()).hasSize(1);

        String out = rig.ask("jobs", "show", id.toString()).out();
        assertThat(out)
                .contains("id        " + id)
                .contains("state     discarded")
                .contains("attempt   2 of 2")
                .contains("payload   application/json, ")
                .contains("  {\"message\":\"a\\u001b[31m\\nb\"}")
                .contains("failure   a?[31m?b")
                .contains("attempts before")
                .containsPattern("  1 +failed +");
        assertThat(out.chars().filter(c -> c < ' ' && c != '\n' && c != '\r')).isEmpty();
    }

    @Test
    void whatWasRefusedForOneJobDoesNotKeepTheOthersFromIt() {
        JobId waits = rig.enqueued("default", "sleep", "{\"millis\":1}", "--delay", "1h");
        JobId waitsToo = rig.enqueued("default", "sleep", "{\"millis\":1}", "--delay", "1h");
        JobId failed = failed();
        JobId none = JobId.of(7, 7, 7);

        Ran ran = rig.ask("jobs", "cancel", waits.toString(), failed.toString(), none.toString(), waitsToo.toString());
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.out().lines()).containsExactly(waits + "  cancelled", waitsToo + "  cancelled");
        assertThat(ran.err().lines())
                .containsExactly(
                        failed + "  Job " + failed + " is discarded and so cannot be cancelled.",
                        none + "  There is no job " + none + ".");

        Ran json = rig.ask("jobs", "retry", "--json", none.toString(), waits.toString());
        assertThat(json.code()).isEqualTo(1);
        assertThat(json.out().lines())
                .hasSize(2)
                .first()
                .asString()
                .contains("\"id\":\"" + none + "\"")
                .contains("\"code\":\"JOB_NOT_FOUND\"");
        assertThat(json.out().lines().toList().getLast()).contains("\"problem\":null");
        assertThat(rig.ask("jobs", "retry", waitsToo.toString()).code()).isZero();
        assertThat(rig.ask("jobs", "cancel").code()).isEqualTo(2);
        assertThat(rig.ask("jobs", "cancel", "nonsense").code()).isEqualTo(2);
    }

    @Test
    void jobsThatWaitAreAmended() {
        JobId job = rig.enqueued("mail", "sleep", "1", "--delay", "1h");
        JobId failed = failed();

        assertThat(rig.ask("jobs", "reschedule", "--delay", "2h", job.toString())
                        .out())
                .isEqualToNormalizingNewlines(job + "  scheduled\n");
        assertThat(rig.ask("jobs", "reprioritise", "--priority", "2", job.toString())
                        .code())
                .isZero();
        assertThat(rig.ask("jobs", "move", "--queue", "video", job.toString()).code())
                .isZero();
        Ran refused =
                rig.ask("jobs", "replace-payload", "--payload", "{\"millis\":2}", failed.toString(), job.toString());
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.out().lines()).containsExactly(job + "  scheduled");
        assertThat(refused.err().lines())
                .containsExactly(failed + "  Job " + failed + " is discarded and so cannot be given another payload.");

        JobView amended = rig.ask("jobs", "show", job.toString(), "--json").read(JobView.class);
        assertThat(amended.priority()).isEqualTo(2);
        assertThat(amended.queue()).isEqualTo(new QueueName("video"));
        assertThat(amended.payload().text()).isEqualTo("{\"millis\":2}");
    }

    @Test
    void anAmendmentThatIsNoneIsRefusedBeforeAnythingIsAsked() {
        String id = JobId.of(7, 7, 7).toString();
        assertThat(rig.ask("jobs", "reschedule", id).err()).contains("one of --delay and --run-at is needed");
        assertThat(rig.ask("jobs", "reschedule", "--delay", "1h", "--run-at", "2026-01-31T08:00:00Z", id)
                        .code())
                .isEqualTo(2);
        String longest = Duration.ofSeconds(Long.MAX_VALUE).toString();
        assertThat(rig.ask("jobs", "reschedule", "--delay", longest, id).err())
                .contains("--delay is " + longest + "; allowed: a duration from 0s to 3650d");
        assertThat(rig.ask("jobs", "reprioritise", id).code()).isEqualTo(2);
        assertThat(rig.ask("jobs", "reprioritise", "--priority", "10", id).err())
                .contains("priority is 10; allowed: a whole number from 0 to 9");
        assertThat(rig.ask("jobs", "move", "--queue", "No Queue", id).code()).isEqualTo(2);
        assertThat(rig.ask("jobs", "replace-payload", "--payload", "{", id).err())
                .contains("--payload");
        assertThat(rig.ask("jobs", "replace-payload", "--payload", "1").code()).isEqualTo(2);
    }

    @Test
    void queuesArePausedListedAndResumed() {
        assertThat(rig.ask("queues", "list").out()).startsWith("no queues");
        JobId id = rig.enqueued("mail", "sleep", "{\"millis\":1}");
        await(id, JobState.COMPLETED);
        assertThat(rig.ask("queues", "pause", "mail").out()).startsWith("mail  paused; 0 available");
        assertThat(rig.ask("queues", "list").out().lines().toList())
                .hasSize(2)
                .last()
                .asString()
                .matches("mail +default +yes +0 +0 +0 +0 +1 +0 +0");
        assertThat(rig.ask("queues", "list", "--json").read(QueueView.class).paused())
                .isTrue();
        assertThat(rig.ask("queues", "resume", "mail", "--json")
                        .read(QueueView.class)
                        .paused())
                .isFalse();
        assertThat(rig.ask("queues", "pause", "Mail").code()).isEqualTo(2);
    }

    @Test
    void theWholeIsShownAtAGlance() {
        failed();
        assertThat(rig.ask("stats").out())
                .startsWith("Leat test on memory, healthy")
                .containsPattern("discarded +1")
                .contains("in 1 queue");
        assertThat(rig.ask("stats", "--json").read(Stats.class).jobs().discarded())
                .isEqualTo(1);
    }

    @Test
    void aServerThatIsNotThereIsToldWithTheNextStep() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        String nobody = "http://127.0.0.1:" + free;
        Ran ran = CommandRig.run("jobs", "list", "--server", nobody);
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).startsWith("leat: No server answers at " + nobody).contains("leat dev");
        Ran json = CommandRig.run("jobs", "cancel", "0000002000000", "--server", nobody, "--json");
        assertThat(json.code()).isEqualTo(1);
        assertThat(WireJson.STRICT
                        .read(json.err().getBytes(UTF_8), Problem.class)
                        .code())
                .isEqualTo("SERVER_UNREACHABLE");
        assertThat(json.out()).isEmpty();
    }

    @Test
    void targetsThatContradictEachOtherAreRefused() {
        assertThat(rig.ask("stats", "--store", "jdbc:postgresql://h/d").err()).contains("exclude each other");
        assertThat(CommandRig.run("stats", "--user", "me").err()).contains("go with --store");
        assertThat(CommandRig.run("stats", "--store", "jdbc:postgresql://h/d").err())
                .contains("--user is missing");
        assertThat(CommandRig.run(
                                "stats",
                                "--store",
                                "jdbc:postgresql://h/d",
                                "--user",
                                "me",
                                "--password-env",
                                "LEAT_DEMO_NOT_SET")
                        .err())
                .contains("LEAT_DEMO_NOT_SET, which is not set");
        Ran usage = CommandRig.run("stats", "--json", "--user", "me");
        assertThat(usage.code()).isEqualTo(2);
        assertThat(WireJson.STRICT
                        .read(usage.err().getBytes(UTF_8), Problem.class)
                        .code())
                .isEqualTo("USAGE");
        assertThat(CommandRig.run("stats", "--server", "ftp://h").err()).contains("server is no http or https URL");
    }
}
