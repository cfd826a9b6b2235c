package dev.leat.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.api.JobId;
import dev.leat.engine.config.LeatConfig;
import dev.leat.engine.kinds.BuiltinKinds;
import dev.leat.engine.memory.InMemoryControlStore;
import dev.leat.engine.memory.InMemoryJobStore;
import dev.leat.server.LeatServer;
import dev.leat.testkit.StoreClock;
import dev.leat.wire.EnqueueAnswer;
import dev.leat.wire.JobHeadView;
import dev.leat.wire.WireJson;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** A server on stores in memory, and command lines that ask it. */
final class CommandRig {
    private static final List<CommandRig> OPEN = new ArrayList<>();

    final StoreClock clock = new StoreClock();
    final InMemoryJobStore jobs = new InMemoryJobStore(clock);
    final LeatServer server;

    CommandRig(boolean working) {
        LeatConfig config =
                LeatConfig.CONFIG.read(Map.of("LEAT_SERVER_PORT", "0", "LEAT_WORKER_ENABLED", String.valueOf(working)));
        server = LeatServer.start(
                config,
                jobs,
                new InMemoryControlStore(clock),
                leat -> BuiltinKinds.register(leat, config.kinds()),
                "test");
        OPEN.add(this);
    }

    /** Closes all servers that were started since the last time, at once: each of them takes two seconds. */
    static void closeAll() {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            OPEN.forEach(rig -> threads.execute(rig.server::close));
        }
        OPEN.clear();
    }

    /** What a command line came to. */
    record Ran(int code, String out, String err) {
        <T> T read(Class<T> type) {
            return WireJson.STRICT.read(out.getBytes(UTF_8), type);
        }
    }

    /** Runs a command line as it is. */
    static Ran run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
        return new Ran(code, out.toString(), err.toString());
    }

    /** Runs a command line that asks this server. */
    Ran ask(String... args) {
        return run(Stream.concat(
                        Stream.of(args), Stream.of("--server", server.uri().toString()))
                .toArray(String[]::new));
    }

    JobId enqueued(String... args) {
        Ran ran = ask(
                Stream.concat(Stream.of("enqueue", "--json"), Stream.of(args)).toArray(String[]::new));
        if (ran.code() != 0) {
            throw new AssertionError(ran.toString());
        }
        return ran.read(EnqueueAnswer.class).jobs().getFirst().id();
    }

    /** All jobs, newest first. */
    List<JobHeadView> listed() {
        return ask("jobs", "list", "--all", "--json")
                .out()
                .lines()
                .map(line -> WireJson.STRICT.read(line.getBytes(UTF_8), JobHeadView.class))
                .toList();
    }
}
