package dev.leat.kv;

import dev.leat.api.StoreException;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.Settled;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A process of its own that has a store open, and tells on its output what was answered. What it is to do it reads, line by line. */
final class Victim {
    private Victim() {}

    /** The command of a process that opens the file. */
    static List<String> command(Path file) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                file.toString());
    }

    static Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    public static void main(String[] args) throws IOException {
        try (KvStores stores = KvStores.open(KvConfig.of(Path.of(args[0])));
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            tell("open");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ", -1);
                long first = words.length > 1 ? Long.parseLong(words[1]) : 0;
                switch (words[0]) {
                    case "enqueue" -> enqueue(stores.jobs(), first);
                    case "live" -> live(stores.jobs(), first);
                    default -> throw new IllegalArgumentException(line);
                }
            }
        } catch (StoreException e) {
            tell("refused " + e.getMessage());
        }
    }

    private static synchronized void tell(String line) {
        System.out.println(line);
    }

    private static void enqueue(JobStore jobs, long first) {
        try {
            jobs.enqueue(List.of(Jobs.large(first)));
            tell("enqueued " + first);
        } catch (StoreException e) {
            tell("failed " + e.effect() + " " + e.getMessage());
        }
    }

    /** Enqueues and works, each by several threads, until the process is killed. */
    private static void live(JobStore jobs, long first) {
        AtomicLong ids = new AtomicLong(first);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            threads.add(new Thread(() -> produce(jobs, ids)));
            threads.add(new Thread(() -> work(jobs)));
        }
        threads.forEach(Thread::start);
    }

    private static void produce(JobStore jobs, AtomicLong ids) {
        while (true) {
            long first = ids.getAndAdd(10);
            jobs.enqueue(Jobs.jobs(first, 10));
            tell("enqueued " + first);
        }
    }

    private static void work(JobStore jobs) {
        while (true) {
            jobs.reclaim(10);
            List<Lease> leases =
                    jobs.claim(Jobs.claim(7, Duration.ofSeconds(1))).leases();
            for (Lease lease : leases) {
                tell("leased " + lease.id().value());
            }
            StringBuilder done = new StringBuilder("completed");
            for (Settled settled : jobs.settle(Jobs.completed(leases))) {
                if (settled.accepted()) {
                    done.append(' ').append(settled.job().value());
                }
            }
            if (!leases.isEmpty()) {
                tell(done.toString());
            }
        }
    }
}
