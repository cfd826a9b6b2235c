package dev.leat.verify.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ProcessFaultsTest {
    private Process parent;
    private List<ProcessHandle> family;

    /** A parent with a child, of which the child counts as fast as it can. */
    @BeforeEach
    void start() throws IOException {
        parent = new ProcessBuilder("sh", "-c", "sh -c 'echo ready; while :; do :; done' & wait").start();
        assertThat(parent.inputReader().readLine()).isEqualTo("ready");
        family = List.of(parent.toHandle(), parent.children().findFirst().orElseThrow());
    }

    @AfterEach
    void end() {
        family.forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    void whoIsFrozenStandsStillUntilThawed() throws IOException {
        ActiveFault frozen = ProcessFaults.freeze(parent.pid());
        for (ProcessHandle each : family) {
            assertThat(state(each)).isEqualTo('T');
        }
        frozen.close();
        for (ProcessHandle each : family) {
            while (state(each) == 'T') {
                assertThat(Thread.interrupted()).as("timed out").isFalse();
                Thread.onSpinWait();
            }
            assertThat(each.isAlive()).isTrue();
        }
    }

    @Test
    void aFrozenFamilyCanBeKilled() throws IOException {
        ActiveFault frozen = ProcessFaults.freeze(parent.pid());
        ProcessFaults.kill(parent.pid());
        for (ProcessHandle each : family) {
            assertThat(state(each)).isIn('Z', 'X');
        }
        frozen.close();
    }

    @Test
    void whoIsGoneIsLeftAlone() throws IOException {
        ProcessFaults.kill(parent.pid());
        ProcessFaults.freeze(parent.pid()).close();
        ProcessFaults.kill(parent.pid());
        assertThat(state(family.getLast())).isIn('Z', 'X');
    }

    private static char state(ProcessHandle process) throws IOException {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (NoSuchFileException e) {
            return 'X';
        }
    }
}
