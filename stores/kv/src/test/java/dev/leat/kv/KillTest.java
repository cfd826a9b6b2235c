package dev.leat.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.control.JournalEntry;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KillTest {
    private static final int KILLS = 3;
    private static final int ACKNOWLEDGED = 40;

    @TempDir
    Path parent;

    @Test
    void whatWasAcknowledgedIsThereAfterAKill() throws IOException, InterruptedException {
        Path directory = parent.resolve("leat-kv");
        long last = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            long told = killed(directory, last + 1);
            try (KvStores stores = KvStores.open(new KvConfig(directory, InstantSource.system()))) {
                List<JournalEntry> entries = stores.control().journal(Victim.JOURNAL, 0, 1_000);
                last = entries.size();
                assertThat(last).isGreaterThanOrEqualTo(told);
                assertThat(entries)
                        .allSatisfy(entry -> assertThat(entry.entry()).isEqualTo("entry " + entry.sequence()));
            }
        }
    }

    /** @return the last number that was acknowledged */
    private static long killed(Path directory, long first) throws IOException, InterruptedException {
        Process victim = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName(),
                        directory.toString(),
                        Long.toString(first))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader out = victim.inputReader()) {
            String told = "0";
            for (int count = 0; count < ACKNOWLEDGED; count++) {
                told = out.readLine();
            }
            return Long.parseLong(told);
        } finally {
            victim.destroyForcibly();
            victim.waitFor();
        }
    }
}
