package dev.leat.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.store.Enqueued;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the disk can do to the store: it is told honestly, nothing is lost, and once it is over the store goes on. */
@Timeout(120)
class FaultTest {
    @TempDir
    Path parent;

    private Path directory;

    @BeforeEach
    void prepare() {
        directory = parent.resolve("leat");
        try (KvStores stores = KvStores.open(KvConfig.of(directory))) {
            stores.jobs().enqueue(Jobs.jobs(1, 3));
        }
    }

    /** The system refuses to let the files of a process grow, as a full disk does. */
    @Test
    void afterAFailureOfTheDiskNothingThatWasAcceptedIsLostAndTheStoreGoesOn() throws Exception {
        assumeThat(Path.of("/usr/bin/prlimit")).exists();
        Process process = Victim.start(Victim.command(directory));
        int accepted = 0;
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
                PrintWriter in = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true)) {
            assertThat(out.readLine()).isEqualTo("open");
            limitFiles(process, "1000000:unlimited");
            String answer = asked(in, out, 100);
            while (answer.startsWith("enqueued")) {
                accepted++;
                answer = asked(in, out, 100 + accepted);
            }
            assertThat(answer).startsWith("failed UNKNOWN").contains("did not store what was asked");
            assertThat(accepted).isPositive();

            limitFiles(process, "unlimited:unlimited");
            assertThat(asked(in, out, 100 + accepted)).isEqualTo("enqueued " + (100 + accepted));
            assertThat(asked(in, out, 101 + accepted)).isEqualTo("enqueued " + (101 + accepted));
        } finally {
            process.destroyForcibly().waitFor();
        }
        try (KvStores stores = KvStores.open(KvConfig.of(directory))) {
            assertThat(stores.jobs().claim(Jobs.claim(1_000)).jobs()).isEqualTo(3 + accepted + 2);
        }
    }

    private static String asked(PrintWriter in, BufferedReader out, long id) throws Exception {
        in.println("enqueue " + id);
        return out.readLine();
    }

    private static void limitFiles(Process process, String limit) throws Exception {
        Process prlimit = new ProcessBuilder("/usr/bin/prlimit", "--pid", "" + process.pid(), "--fsize=" + limit)
                .redirectErrorStream(true)
                .start();
        assertThat(prlimit.waitFor())
                .as(new String(prlimit.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isZero();
    }

    @Test
    void whoFailsInAGroupFailsAlone() throws Exception {
        try (KvStores stores = KvStores.open(KvConfig.of(directory))) {
            FutureTask<List<Enqueued>> first;
            FutureTask<Boolean> broken;
            FutureTask<List<Enqueued>> last;
            try (WriterRig rig = new WriterRig(stores)) {
                first = rig.gather(() -> stores.jobs().enqueue(Jobs.jobs(11, 2)));
                broken = rig.gather(() -> stores.writer()
                        .<Boolean>call(0, tx -> {
                            new Enqueuer(tx).enqueue(Jobs.jobs(100, 5));
                            throw new StoreException("broken on purpose", Effect.NONE, null);
                        })
                        .value());
                last = rig.gather(() -> stores.jobs().enqueue(Jobs.jobs(21, 2)));
            }
            assertThat(first.get()).isEqualTo(Jobs.accepted(Jobs.jobs(11, 2)));
            assertThat(last.get()).isEqualTo(Jobs.accepted(Jobs.jobs(21, 2)));
            assertThatThrownBy(() -> {
                        throw broken.exceptionNow();
                    })
                    .isInstanceOf(StoreException.class);
            assertThat(stores.jobs().claim(Jobs.claim(100)).jobs()).isEqualTo(7);
            assertThat(stores.writer().commits()).isLessThan(4);
        }
    }
}
