package dev.leat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.cli.CommandRig.Ran;
import dev.leat.wire.DequeuedJob;
import dev.leat.wire.HandleAnswer;
import dev.leat.wire.JobView;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs that scripts take and run, on a server that runs nothing. */
@Timeout(120)
class PullCommandsTest {
    private final CommandRig rig = new CommandRig(false);

    @AfterAll
    static void close() {
        CommandRig.closeAll();
    }

    private JobId enqueued(String queue) {
        return rig.enqueued(queue, "message", "{\"to\":\"\\u001b[31m\"}");
    }

    private DequeuedJob taken(String queue) {
        Ran ran = rig.ask("dequeue", queue, "--json");
        assertThat(ran.code()).as(ran.toString()).isZero();
        return ran.read(DequeuedJob.class);
    }

    private JobState state(JobId id) {
        return rig.ask("jobs", "show", "--json", id.toString())
                .read(JobView.class)
                .state();
    }

    @Test
    void aJobIsTakenAndAcknowledged() {
        JobId id = enqueued("mail");
        DequeuedJob job = taken("mail");
        assertThat(job.id()).isEqualTo(id);

        Ran ran = rig.ask("ack", "mail", job.handle());

        assertThat(ran.code()).isZero();
        assertThat(ran.out()).isEqualTo(job.handle() + "  done\n");
        assertThat(state(id)).isEqualTo(JobState.COMPLETED);
        Ran again = rig.ask("ack", "mail", job.handle());
        assertThat(again.code()).isOne();
        assertThat(again.out()).isEqualTo(job.handle() + "  not held any more\n");
    }

    @Test
    void whatIsTakenIsShownInColumnsThatNoPayloadCanBreak() {
        enqueued("shown");
        enqueued("shown");

        Ran ran = rig.ask("dequeue", "shown", "--count", "10", "--wait", "1s", "--lease", "1m");

        assertThat(ran.code()).isZero();
        assertThat(ran.out().lines())
                .hasSize(3)
                .first()
                .asString()
                .matches("HANDLE +KIND +ATTEMPT +HELD UNTIL +PAYLOAD");
        assertThat(ran.out()).doesNotContain("\u001b");
    }

    @Test
    void whereThereIsNothingNothingIsTaken() {
        Ran ran = rig.ask("dequeue", "empty");

        assertThat(ran.code()).isOne();
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void jobsAreRefusedGivenBackAndExtended() {
        JobId later = enqueued("several");
        assertThat(rig.ask(
                                "nack",
                                "several",
                                "--delay",
                                "1h",
                                "--reason",
                                "no paper",
                                taken("several").handle())
                        .code())
                .isZero();
        assertThat(state(later)).isEqualTo(JobState.RETRYABLE);
        JobId never = enqueued("several");
        assertThat(rig.ask("nack", "several", "--discard", taken("several").handle())
                        .code())
                .isZero();
        assertThat(state(never)).isEqualTo(JobState.DISCARDED);
        JobId back = enqueued("several");
        String handle = taken("several").handle();
        Ran extended = rig.ask("extend", "several", "--lease", "1h", handle, "--json");
        assertThat(extended.read(HandleAnswer.class)).isEqualTo(new HandleAnswer(handle, true));
        assertThat(rig.ask("release", "several", handle).code()).isZero();
        assertThat(state(back)).isEqualTo(JobState.AVAILABLE);
    }

    @Test
    void mistakesAreToldByTheNameOfTheOption() {
        for (List<String> wrong : List.of(
                List.of("dequeue"),
                List.of("dequeue", "mail", "--wait", "21s"),
                List.of("dequeue", "mail", "--lease", "2d"),
                List.of("ack", "mail"),
                List.of("nack", "mail", "x", "--discard", "--delay", "1s"))) {
            Ran ran = rig.ask(wrong.toArray(String[]::new));
            assertThat(ran.code()).as(wrong.toString()).isEqualTo(2);
            assertThat(ran.err()).startsWith("leat: ");
        }
        Ran handle = rig.ask("ack", "mail", "x", "--json");
        assertThat(handle.code()).isOne();
        assertThat(handle.err()).contains("handles[0]").contains("HANDLE_INVALID");
    }
}
