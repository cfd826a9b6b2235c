package dev.leat.bench.peers;

import dev.leat.bench.Server;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The systems that are compared, each set up as its makers advise for speed. */
enum Peer {
    LEAT(
            "Leat",
            "this checkout",
            "%,d slots; history kept; bulk by 1,000".formatted(LeatSystem.SLOTS),
            1,
            JavaProgram.of("leat")),
    GRAPHILE_TUNED(
            "graphile-worker tuned",
            "0.18.0",
            "24 jobs at once, localQueue of 500, completeJobBatchDelay and failJobBatchDelay 0, LISTEN, poll interval"
                    + " 2 s; deletes what is done; addJobs by 1,000",
            1,
            new NodeScript("graphile.mjs", List.of("tuned"))),
    GRAPHILE_DEFAULT(
            "graphile-worker default",
            "0.18.0",
            "24 jobs at once, otherwise as it comes, LISTEN, poll interval 2 s; deletes what is done; addJobs by 1,000",
            0.1,
            new NodeScript("graphile.mjs", List.of("default"))),
    PG_BOSS(
            "pg-boss",
            "12.35.0",
            "batchSize 1,000, burstWhenBatchFull, poll interval 0.5 s, LISTEN for the latency; history kept; insert by"
                    + " 1,000",
            0.5,
            new NodeScript("pgboss.mjs", List.of())),
    DB_SCHEDULER(
            "db-scheduler",
            "16.12.0",
            "%d threads, lock-and-fetch with limits %s and %s, immediate execution, poll interval %d s"
                            .formatted(
                                    DbScheduler.THREADS,
                                    DbScheduler.LOWER,
                                    DbScheduler.UPPER,
                                    DbScheduler.POLL.toSeconds())
                    + "; deletes what is done; scheduleBatch by 1,000",
            0.1,
            JavaProgram.of("db-scheduler")),
    JOBRUNR(
            "JobRunr",
            "8.7.0",
            "open edition, 16 virtual threads a core, poll interval %d s (its shortest); history kept; enqueue(Stream)"
                    .formatted(JobRunr.POLL.toSeconds()),
            0.025,
            JavaProgram.of("jobrunr"));

    private final String title;
    private final String version;
    private final String settings;
    private final double share;
    private final Program program;

    Peer(String title, String version, String settings, double share, Program program) {
        this.title = title;
        this.version = version;
        this.settings = settings;
        this.share = share;
        this.program = program;
    }

    String title() {
        return title;
    }

    /** Version and settings, for the report. */
    String description() {
        return version + ": " + settings;
    }

    /** How many jobs it is given where the fastest get so many: rates are compared, and the slow ones need not take all day. */
    int jobs(int most) {
        return Math.max(1, (int) (most * share));
    }

    /** Starts it, ready to be told what to do, on a database that is empty. */
    PeerProcess start(Server server, String database) throws IOException {
        return program.start(title, server, database);
    }

    /** How its process is started. */
    private sealed interface Program {
        PeerProcess start(String title, Server server, String database) throws IOException;
    }

    private record JavaProgram(String system) implements Program {
        static JavaProgram of(String system) {
            return new JavaProgram(system);
        }

        @Override
        public PeerProcess start(String title, Server server, String database) throws IOException {
            String url = "jdbc:postgresql://%s:%d/%s".formatted(server.host(), server.port(), database);
            List<String> command = List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                    "-cp",
                    System.getProperty("java.class.path"),
                    PeerProgram.class.getName(),
                    system,
                    url,
                    server.user());
            return PeerProcess.start(title, command, Path.of("."), server.password());
        }
    }

    private record NodeScript(String file, List<String> arguments) implements Program {
        @Override
        public PeerProcess start(String title, Server server, String database) throws IOException {
            NodeScripts scripts = NodeScripts.ready();
            String url = "postgres://%s@%s:%d/%s".formatted(server.user(), server.host(), server.port(), database);
            List<String> command = new ArrayList<>(List.of(scripts.node(), file, url));
            command.addAll(arguments);
            return PeerProcess.start(title, command, scripts.folder(), server.password());
        }
    }

    /** As on the command line: its title in lower case, words joined by hyphens. */
    String word() {
        return title.toLowerCase(Locale.ROOT).replace(' ', '-');
    }
}
