package dev.leat.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.TenantName;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.Settled;
import dev.leat.testkit.StoreClock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a process has answered outlives its being killed in the middle of its work. */
@Timeout(180)
class KillTest {
    private static final int KILLS = 4;
    private static final int ANSWERS_BEFORE_KILL = 150;

    /** Far behind what a life enqueues. */
    private static final long IDS_OF_A_LIFE = 1_000_000;

    @TempDir
    Path directory;

    private final Set<JobId> enqueued = new HashSet<>();
    private final Set<JobId> completed = new HashSet<>();
    private long greatestLease;

    @Test
    void nothingThatWasAnsweredIsLost(TestReporter reporter) throws Exception {
        Path file = directory.resolve("leat");
        for (int life = 0; life < KILLS; life++) {
            live(file, 1 + life * IDS_OF_A_LIFE);
            try (KvStores stores = KvStores.open(KvConfig.of(file))) {
                check(stores.jobs());
            }
        }

        StoreClock later = new StoreClock();
        later.advance(Duration.ofDays(1));
        try (KvStores stores = KvStores.open(KvConfig.of(file).withClock(later))) {
            finish(stores.jobs());
            Inspect inspect = stores.jobs().feature(Inspect.class).orElseThrow();
            assertThat(inspect.counts(TenantName.MAIN)).containsOnlyKeys(JobState.COMPLETED);
            check(inspect);
            assertThat(enqueued)
                    .allSatisfy(id -> assertThat(inspect.find(TenantName.MAIN, id)
                                    .orElseThrow()
                                    .state())
                            .isEqualTo(JobState.COMPLETED));
        }
        reporter.publishEntry("%d kills: %d jobs enqueued, %d completed, %d leases"
                .formatted(KILLS, enqueued.size(), completed.size(), greatestLease));
    }

    /** A process works until it is killed. */
    private void live(Path file, long first) throws IOException, InterruptedException {
        Process process = Victim.start(Victim.command(file));
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
                PrintWriter in = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true)) {
            assertThat(out.readLine()).isEqualTo("open");
            in.println("live " + first);
            int answers = 0;
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                note(line);
                if (++answers == ANSWERS_BEFORE_KILL) {
                    // By its handle, which leaves what it has said to be read.
                    process.toHandle().destroyForcibly();
                }
            }
            assertThat(answers).isGreaterThanOrEqualTo(ANSWERS_BEFORE_KILL);
        } finally {
            process.destroyForcibly();
            process.waitFor();
        }
    }

    private void note(String line) {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
            case "enqueued" -> Jobs.jobs(Long.parseLong(words[1]), 10).forEach(job -> enqueued.add(job.id()));
            case "leased" -> greatestLease = Math.max(greatestLease, Long.parseLong(words[1]));
            default -> {
                for (int i = 1; i < words.length; i++) {
                    assertThat(completed.add(new JobId(Long.parseLong(words[i]))))
                            .as("%s completes once", words[i])
                            .isTrue();
                }
            }
        }
    }

    private void check(JobStore jobs) {
        check(jobs.feature(Inspect.class).orElseThrow());
        List<Lease> leases = jobs.claim(Jobs.claim(1)).leases();
        for (Lease lease : leases) {
            assertThat(lease.id().value()).isGreaterThan(greatestLease);
            greatestLease = lease.id().value();
        }
        settled(jobs.settle(Jobs.completed(leases)));
    }

    private void check(Inspect inspect) {
        List<JobId> all = new ArrayList<>(enqueued);
        all.addAll(completed);
        for (JobId id : all) {
            JobRecord job = inspect.find(TenantName.MAIN, id).orElseThrow(() -> new AssertionError("lost " + id));
            assertThat(job.payload()).isEqualTo(Jobs.job(id.value()).payload());
            if (completed.contains(id)) {
                assertThat(job.state()).isEqualTo(JobState.COMPLETED);
            }
        }
    }

    private void finish(JobStore jobs) {
        List<Lease> leases;
        do {
            jobs.reclaim(1_000);
            leases = jobs.claim(Jobs.claim(1_000)).leases();
            settled(jobs.settle(Jobs.completed(leases)));
        } while (!leases.isEmpty());
    }

    private void settled(List<Settled> answers) {
        for (Settled answer : answers) {
            assertThat(answer.accepted()).isTrue();
            assertThat(completed.add(answer.job()))
                    .as("%s completes once", answer.job())
                    .isTrue();
        }
    }
}
