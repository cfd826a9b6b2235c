package dev.leat.cli.torture;

import dev.leat.verify.torture.FaultKind;
import dev.leat.verify.torture.Member;
import dev.leat.verify.torture.Torture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Starts the processes of the load: JVMs that run this program. */
public final class ChildJvms implements Torture.Launch {
    private final Tortured server;
    private final Path logs;

    /** @param logs the folder that takes what they say */
    public ChildJvms(Tortured server, Path logs) {
        this.server = server;
        this.logs = logs;
    }

    /** Why a kind of fault cannot be brought about in processes here; empty if it can. */
    public static Optional<String> impossible(FaultKind kind) {
        return kind == FaultKind.CLOCK_SKEW && SkewedClock.find().isEmpty()
                ? Optional.of("libfaketime is not installed")
                : Optional.empty();
    }

    @Override
    public Process start(Member.Life life, int port, Duration skew) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-XX:AOT") || option.startsWith("--"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.leat.cli.Main", "torture-node"));
        command.addAll(
                List.of("--role", life.role().word(), "--number", "" + life.number(), "--life", "" + life.life()));
        command.addAll(
                List.of("--seed", "" + life.seed(), "--history", life.history().toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        logs.resolve(life.role().word() + "-" + life.number() + ".log")
                                .toFile()));
        builder.environment().putAll(server.environment(port));
        if (!skew.isZero()) {
            builder.environment().putAll(SkewedClock.find().orElseThrow().environment(skew));
        }
        try {
            Process process = builder.start();
            server.started(process);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException("a process of the load cannot be started", e);
        }
    }
}
