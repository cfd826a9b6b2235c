package dev.leat.cli.demo;

import dev.leat.launcher.PostgresServer;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Worker processes, each a JVM of its own. One that dies is replaced; all stop when this process does, even if it is killed,
 * since their standard input then ends.
 */
final class Workers implements AutoCloseable {
    private static final int QUICK_DEATHS = 5;
    private static final long QUICK_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int STOP_SECONDS = 40;

    private final PostgresServer server;
    private final Path logs;
    private final PrintWriter err;
    private final List<Slot> slots = new ArrayList<>();

    Workers(PostgresServer server, Path logs, int count, PrintWriter err) {
        this.server = server;
        this.logs = logs;
        this.err = err;
        for (int i = 1; i <= count; i++) {
            slots.add(new Slot(i));
        }
    }

    /** The process ids, as text. */
    String pids() {
        return slots.stream().map(slot -> String.valueOf(slot.process.pid())).collect(Collectors.joining(", "));
    }

    /**
     * Replaces the dead.
     *
     * @throws IllegalStateException if a worker dies again and again right after its start
     */
    void replaceDead() {
        slots.forEach(Slot::replaceIfDead);
    }

    @Override
    public void close() {
        slots.forEach(Slot::askToStop);
        slots.forEach(Slot::stop);
    }

    private final class Slot {
        private final int number;
        private final File log;
        private Process process;
        private long startedAt;
        private int quickDeaths;

        Slot(int number) {
            this.number = number;
            log = logs.resolve("worker-" + number + ".log").toFile();
            process = start();
        }

        private Process start() {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC"));
            ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                    .filter(option -> option.startsWith("-XX:AOT")
                            || option.startsWith("-XX:Tiered")
                            || option.startsWith("-Xlog:")
                            || option.startsWith("--"))
                    .forEach(command::add);
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.leat.cli.Main", "demo-worker"));
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
            builder.environment().put(DemoWorker.URL, server.url());
            builder.environment().put(DemoWorker.USER, server.user());
            builder.environment().put(DemoWorker.PASSWORD, server.password());
            builder.environment().putIfAbsent("LEAT_LOG", "INFO");
            startedAt = System.nanoTime();
            try {
                return builder.start();
            } catch (IOException e) {
                throw new UncheckedIOException("worker " + number + " cannot be started", e);
            }
        }

        void replaceIfDead() {
            if (process.isAlive()) {
                return;
            }
            quickDeaths = System.nanoTime() - startedAt < QUICK_NANOS ? quickDeaths + 1 : 0;
            if (quickDeaths >= QUICK_DEATHS) {
                throw new IllegalStateException("worker " + number + " died " + quickDeaths
                        + " times right after its start; see " + log + ". Nothing is lost: go on with --resume");
            }
            long old = process.pid();
            process = start();
            err.printf(
                    "worker %d (pid %d) died; pid %d takes its place, and its jobs run again when their leases end%n",
                    number, old, process.pid());
        }

        void askToStop() {
            try {
                process.getOutputStream().close();
            } catch (IOException e) {
                // It is gone already.
                process.destroy();
            }
        }

        void stop() {
            try {
                if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
