package dev.leat.engine.config;

import dev.leat.api.Checks;
import dev.leat.api.KindName;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Which of the kinds that Leat brings along this process runs, and what they may do. */
public record KindsConfig(
        @Setting("Calls a URL.") Http http,
        @Setting("Runs a program of this machine.") Exec exec,
        @Setting("Waits.") Plain sleep,
        @Setting("Fails, to see what happens then.") Plain fail) {

    /** The names of the kinds that are enabled. */
    public Set<KindName> enabled() {
        Map<String, Boolean> all = Map.of(
                "http", http.enabled(), "exec", exec.enabled(), "sleep", sleep.enabled(), "fail", fail.enabled());
        return all.entrySet().stream()
                .filter(Map.Entry::getValue)
                .map(each -> new KindName(each.getKey()))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** A kind that can only be there or not. */
    public record Plain(
            @Setting(value = "Whether this process runs jobs of the kind.", defaultsTo = "true")
            boolean enabled) {}

    /** Where jobs of the kind {@code http} may connect to. */
    public record Http(
            @Setting(value = "Whether this process runs jobs of the kind.", defaultsTo = "true")
            boolean enabled,

            @Setting(
                    value = "Whether jobs may call addresses that are not public: this machine, the local network,"
                            + " the metadata service of a cloud.",
                    defaultsTo = "false")
            boolean allowPrivateAddresses,

            @Setting(
                    value = "Names of hosts that may be called whatever their address is.",
                    defaultsTo = "[]",
                    allowed = "up to 1000 names without port",
                    example = "[billing.internal]")
            List<String> allowedHosts) {

        public Http {
            allowedHosts = Bounds.hosts("allowed_hosts", allowedHosts, 1_000);
        }
    }

    /** Which programs jobs of the kind {@code exec} may run. */
    public record Exec(
            @Setting(value = "Whether this process runs jobs of the kind.", defaultsTo = "false")
            boolean enabled,

            @Setting(
                    value = "The programs that jobs may run, by the names that they call them by."
                            + " A list alone is a command's run.",
                    defaultsTo = "{}",
                    example = "{backup: [/usr/local/bin/backup, --quick]}")
            Map<String, Command> commands) {

        public Exec {
            commands = Collections.unmodifiableMap(new LinkedHashMap<>(commands));
            commands.keySet().forEach(name -> Checks.name("commands", name));
        }
    }

    /** One program. */
    public record Command(
            @Setting(
                    value = "The program and its first arguments; never a shell's line.",
                    allowed = "1 to 100 texts",
                    example = "[/usr/bin/convert, -strip]",
                    shorthand = true)
            List<String> run,

            @Setting(value = "Whether a job may add arguments of its own behind them.", defaultsTo = "false")
            boolean allowArgs,

            @Setting(
                    value = "How long the program may run before it is killed and the attempt fails.",
                    defaultsTo = "5m",
                    allowed = "100ms to 1d")
            Duration timeout) {

        public Command {
            run = Bounds.items("run", run, 1, 100);
            Checks.range("timeout", timeout, Duration.ofMillis(100), Duration.ofDays(1));
        }
    }
}
