package dev.leat.cli.node;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What can be said of every node on the command line. */
final class NodeOptions {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli fills it before it calls anything
    private CommandSpec spec;

    private @Nullable Integer port;

    @Option(names = "--config", paramLabel = "FILE", description = "The configuration.")
    private @Nullable Path config;

    @Option(
            names = "--log",
            paramLabel = "FORM",
            defaultValue = "text",
            description = "How it logs to standard error: text, or json for one object a line (default: text).")
    private Logs logs = Logs.TEXT;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "The port to listen on, 0 for any free one (default: 8080, or as configured).")
    void port(int number) {
        try {
            port = (int) Checks.range("--port", number, 0, 65_535);
        } catch (InvalidValueException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    Logs logs() {
        return logs;
    }

    @Nullable
    Path config() {
        return config;
    }

    /** The command line goes before the environment, as that goes before the file. */
    void override(Map<String, String> environment) {
        if (port != null) {
            environment.put("LEAT_SERVER_PORT", port.toString());
        }
    }
}
