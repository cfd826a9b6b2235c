package dev.leat.engine.kinds;

import dev.leat.engine.config.KindsConfig;
import dev.leat.engine.config.KindsConfig.Command;
import dev.leat.engine.handler.Handler;
import dev.leat.engine.handler.JobContext;
import dev.leat.engine.handler.JobSignal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Runs programs that the configuration names, directly and never by a shell. A program sees of this process's environment only
 * what every program needs, as the rest may hold secrets. When its time is over or the job is interrupted, it is killed with all
 * that it started.
 */
final class ProgramRunner implements Handler<Exec> {
    /** How long what was written may still be on its way when the program has ended. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private static final int TOLD_CHARS = 800;
    private static final int MOST_ROUNDS = 100;
    private static final int ROUND_MILLIS = 20;

    private static final Set<String> PASSED_ON =
            Set.of("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "TEMP", "TMP", "SystemRoot");

    private final Map<String, Command> commands;

    ProgramRunner(KindsConfig.Exec config) {
        commands = config.commands();
    }

    @Override
    public void handle(Exec exec, JobContext job) throws IOException, InterruptedException {
        Command command = commands.get(exec.command());
        if (command == null) {
            throw JobSignal.discard("command is \"" + exec.command() + "\"; allowed: "
                    + (commands.isEmpty()
                            ? "none, as kinds.exec.commands names none"
                            : String.join(", ", commands.keySet())));
        }
        if (!exec.args().isEmpty() && !command.allowArgs()) {
            throw JobSignal.discard("args are given; allowed: none for the command \"" + exec.command()
                    + "\", unless the configuration sets its allow_args");
        }
        run(exec, command, job);
    }

    private static void run(Exec exec, Command command, JobContext job) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process = start(exec, command, job);
        Tail tail = new Tail();
        // Not a virtual thread: reading a pipe would hold its carrier.
        Thread reader = Thread.ofPlatform()
                .daemon()
                .name("leat-exec-" + job.id())
                .start(() -> tail.readAll(process.getInputStream()));
        try {
            if (!process.waitFor(command.timeout().toNanos(), TimeUnit.NANOSECONDS)) {
                kill(process);
                reader.join(LAST_WORDS);
                throw new IOException("command \"%s\" ran longer than %d ms and was killed%s"
                        .formatted(exec.command(), command.timeout().toMillis(), tail.told(TOLD_CHARS)));
            }
            reader.join(LAST_WORDS);
        } finally {
            kill(process);
        }
        if (process.exitValue() != 0) {
            throw new IOException("command \"%s\" ended with exit code %d%s"
                    .formatted(exec.command(), process.exitValue(), tail.told(TOLD_CHARS)));
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        job.result(new Exec.Done(0, tail.text(), tail.isTruncated(), millis));
    }

    private static Process start(Exec exec, Command command, JobContext job) throws IOException {
        List<String> line = new ArrayList<>(command.run());
        line.addAll(exec.args());
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> !PASSED_ON.contains(name));
        builder.environment().put("LEAT_JOB_ID", job.id().toString());
        builder.environment().put("LEAT_JOB_ATTEMPT", Integer.toString(job.attempt()));
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    /**
     * Ends the program and all that it started, parents first, so that none sees its child die and says so in the output. Looks
     * again until none is left: what is being killed may just be starting another. Is not itself interrupted.
     */
    private static void kill(Process process) {
        Set<ProcessHandle> all = new LinkedHashSet<>(Set.of(process.toHandle()));
        boolean interrupted = false;
        for (int round = 0; round < MOST_ROUNDS && all.stream().anyMatch(ProcessHandle::isAlive); round++) {
            for (List<ProcessHandle> young = List.copyOf(all); !young.isEmpty(); ) {
                young = young.stream()
                        .flatMap(ProcessHandle::children)
                        .filter(all::add)
                        .toList();
            }
            all.forEach(ProcessHandle::destroyForcibly);
            try {
                process.waitFor(ROUND_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
