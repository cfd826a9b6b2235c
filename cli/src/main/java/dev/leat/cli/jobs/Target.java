package dev.leat.cli.jobs;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import dev.leat.api.store.Capabilities.Durability;
import dev.leat.cli.settings.StoreAccess;
import dev.leat.engine.config.LeatConfig;
import dev.leat.engine.config.StoreConfig;
import dev.leat.engine.config.Times;
import dev.leat.wire.WireJson;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Whom a command asks, and how it answers: the options that all commands about jobs share. */
final class Target {
    private static final URI STANDARD = URI.create("http://127.0.0.1:8080");

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli fills it before it calls anything
    private CommandSpec spec;

    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "The server to ask (default: LEAT_SERVER_URL, else http://127.0.0.1:8080).")
    private @Nullable URI server;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Ask the store of this configuration instead; no server is needed.")
    private @Nullable Path config;

    @Option(
            names = "--store",
            paramLabel = "URL",
            description = "Ask this store instead, such as jdbc:postgresql://localhost:5432/app or sqlite:leat.db.")
    private @Nullable String store;

    @Option(names = "--user", paramLabel = "NAME", description = "The user for --store.")
    private @Nullable String user;

    @Option(
            names = "--password-env",
            paramLabel = "VAR",
            description = "The environment variable with the password for --store.")
    private @Nullable String passwordVariable;

    @Option(names = "--json", description = "Answer as JSON, and tell problems as JSON on standard error.")
    private boolean json;

    boolean json() {
        return json;
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** One line of JSON. */
    void printJson(Object value) {
        out().println(WireJson.LENIENT.writeText(value));
    }

    void print(List<String> lines) {
        lines.forEach(out()::println);
    }

    /** Whether it is a store of which nothing more is known. */
    boolean isStore() {
        return store != null;
    }

    ParameterException refused(String problem) {
        return new ParameterException(spec.commandLine(), problem);
    }

    /** The value of an option in milliseconds; refused by the name of the option if it is not within these bounds. */
    @Nullable
    Long millis(String option, @Nullable Duration given, Duration least, Duration most) {
        try {
            return given == null
                    ? null
                    : (Long) Checks.range(option, given, least, most).toMillis();
        } catch (InvalidValueException e) {
            throw refused(Times.spoken(String.valueOf(e.getMessage())));
        }
    }

    Session open() {
        if (Stream.of(server, config, store).filter(Objects::nonNull).count() > 1) {
            throw refused("--server, --config and --store exclude each other");
        }
        if (store == null && (user != null || passwordVariable != null)) {
            throw refused("--user and --password-env go with --store");
        }
        if (store != null) {
            // What its settings are worth is not for one command to judge; a node does, and leat doctor.
            return Session.with(
                    StoreAccess.of(spec, store, user, passwordVariable).withDurability(Durability.D1),
                    LeatConfig.DEFAULT);
        }
        if (config != null) {
            LeatConfig configured = LeatConfig.CONFIG.read(config, System.getenv());
            return Session.with(store(config, configured), configured);
        }
        return Session.with(server == null ? standard() : server);
    }

    private StoreConfig store(Path file, LeatConfig configured) {
        return configured
                .store()
                .orElseThrow(
                        () -> refused(file + " configures no store; set store.url, or ask a server with --server"));
    }

    private URI standard() {
        String named = System.getenv("LEAT_SERVER_URL");
        if (named == null || named.isEmpty()) {
            return STANDARD;
        }
        try {
            return URI.create(named);
        } catch (IllegalArgumentException e) {
            throw refused("LEAT_SERVER_URL is no URL; allowed: such as " + STANDARD);
        }
    }
}
