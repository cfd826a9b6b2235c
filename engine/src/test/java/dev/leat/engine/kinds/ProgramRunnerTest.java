package dev.leat.engine.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.store.JobRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real programs. */
@Timeout(60)
class ProgramRunnerTest {
    @TempDir
    private Path dir;

    private KindsRig rig() {
        return KindsRig.of("""
            exec:
              enabled: true
              commands:
                hello: [/bin/echo, hello, "$HOME; echo x"]
                echo: {run: [/bin/echo, one], allow_args: true}
                broken: [/bin/sh, -c, "echo first; echo last >&2; exit 3"]
                gone: [/no/such/program]
                env: [/usr/bin/env]
                cat: [/bin/cat]
                much: [/bin/sh, -c, "yes x | head -c 200000; echo end"]
                noise: [/bin/sh, -c, "head -c 65536 /dev/zero"]
                family: [/bin/sh, -c, 'sh -c "echo \\$\\$ > %1$s/child.tmp; mv %1$s/child.tmp %1$s/child; sleep 1000" & sleep 1000']
                nested: {run: [/bin/sh, -c, 'echo started; sh -c "sleep 1000; echo inner"; echo outer'], timeout: 300ms}
                slow: {run: [/bin/sh, -c, 'echo started; sleep 1000 & sleep 1000'], timeout: 300ms}
            """.formatted(dir));
    }

    private static JobRecord run(KindsRig rig, String json) {
        return rig.attempted("exec", json);
    }

    @Test
    void itsOutputIsTheResultAndNoShellReadsItsArguments() {
        try (KindsRig rig = rig()) {
            JobRecord job = run(rig, "{\"command\": \"hello\"}");
            assertThat(KindsRig.resultMap(job).get("output")).isEqualTo("hello $HOME; echo x\n");
            assertThat(KindsRig.resultMap(job).get("exitCode")).isEqualTo(0);
            assertThat(KindsRig.resultMap(job).get("truncated")).isEqualTo(false);
        }
    }

    @Test
    void argumentsAreAddedWhereTheConfigurationAllowsThem() {
        try (KindsRig rig = rig()) {
            JobRecord added = run(rig, "{\"command\": \"echo\", \"args\": [\"`id`\", \"a b\"]}");
            assertThat(KindsRig.resultMap(added).get("output")).isEqualTo("one `id` a b\n");
            JobRecord refused = run(rig, "{\"command\": \"hello\", \"args\": [\"x\"]}");
            assertThat(refused.state()).isEqualTo(JobState.DISCARDED);
            assertThat(KindsRig.failure(refused))
                    .isEqualTo("args are given; allowed: none for the command \"hello\","
                            + " unless the configuration sets its allow_args");
        }
    }

    @Test
    void onlyWhatTheConfigurationNamesIsRun() {
        try (KindsRig rig = rig()) {
            JobRecord job = run(rig, "{\"command\": \"ls\"}");
            assertThat(job.state()).isEqualTo(JobState.DISCARDED);
            assertThat(KindsRig.failure(job)).startsWith("command is \"ls\"; allowed: hello, echo, broken");
            assertThat(run(rig, "{\"command\": \"/bin/ls\"}").state()).isEqualTo(JobState.DISCARDED);
            assertThat(run(rig, "{}").state()).isEqualTo(JobState.DISCARDED);
        }
    }

    @Test
    void aProgramThatFailsOrIsNotThereFailsTheAttempt() {
        try (KindsRig rig = rig()) {
            JobRecord broken = run(rig, "{\"command\": \"broken\"}");
            assertThat(broken.state()).isEqualTo(JobState.RETRYABLE);
            assertThat(KindsRig.failure(broken)).isEqualTo("command \"broken\" ended with exit code 3: first\nlast");
            assertThat(run(rig, "{\"command\": \"gone\"}").state()).isEqualTo(JobState.RETRYABLE);
        }
    }

    @Test
    void itSeesNoSecretsOfThisProcessAndNoInput() {
        try (KindsRig rig = rig()) {
            String[] lines = ((String) KindsRig.resultMap(run(rig, "{\"command\": \"env\"}"))
                            .get("output"))
                    .split("\n");
            assertThat(lines)
                    .allMatch(line -> List.of(
                                    "PATH",
                                    "HOME",
                                    "USER",
                                    "LANG",
                                    "LC_ALL",
                                    "TZ",
                                    "TMPDIR",
                                    "TEMP",
                                    "TMP",
                                    "LEAT_JOB_ID",
                                    "LEAT_JOB_ATTEMPT")
                            .contains(line.substring(0, line.indexOf('='))));
            assertThat(lines).contains("LEAT_JOB_ATTEMPT=1");
            assertThat(KindsRig.resultMap(run(rig, "{\"command\": \"cat\"}")).get("output"))
                    .isEqualTo("");
        }
    }

    @Test
    void ofMuchOutputTheEndIsKept() {
        try (KindsRig rig = rig()) {
            Map<?, ?> result = KindsRig.resultMap(run(rig, "{\"command\": \"much\"}"));
            assertThat((String) result.get("output")).hasSize(64 << 10).endsWith("x\nend\n");
            assertThat(result.get("truncated")).isEqualTo(true);
            assertThat((String) KindsRig.resultMap(run(rig, "{\"command\": \"noise\"}"))
                            .get("output"))
                    .hasSize(64 << 10);
        }
    }

    @Test
    void aProgramThatTakesTooLongIsKilled() {
        try (KindsRig rig = rig()) {
            JobRecord job = run(rig, "{\"command\": \"slow\"}");
            assertThat(job.state()).isEqualTo(JobState.RETRYABLE);
            assertThat(KindsRig.failure(job))
                    .isEqualTo("command \"slow\" ran longer than 300 ms and was killed: started");
        }
    }

    @RepeatedTest(5)
    void aProgramThatIsKilledDoesNotHearOfItsChildrensEnd() {
        try (KindsRig rig = rig()) {
            assertThat(KindsRig.failure(run(rig, "{\"command\": \"nested\"}"))).endsWith("was killed: started");
        }
    }

    @Test
    void aProgramAndItsChildrenAreKilledWhenTheWorkerCloses() throws IOException {
        KindsRig rig = rig();
        JobId id = rig.enqueue("exec", "{\"command\": \"family\"}");
        Path child = dir.resolve("child");
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(child));
        long pid = Long.parseLong(Files.readString(child).strip());
        assertThat(ProcessHandle.of(pid)).isPresent();
        rig.close();
        assertThat(rig.find(id).state()).isEqualTo(JobState.AVAILABLE);
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() ->
                        ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
    }
}
