package dev.leat.cli.settings;

import dev.leat.api.InvalidValueException;
import dev.leat.engine.config.Secret;
import dev.leat.engine.config.StoreConfig;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The store that a command line names. */
public final class StoreAccess {
    private static final Map<String, String> OPTIONS = Map.of("url", "--store", "user", "--user");

    private StoreAccess() {}

    /**
     * As {@code --store}, {@code --user} and {@code --password-env} say.
     *
     * @throws ParameterException if one of them is missing or not allowed, or the variable is not set
     */
    public static StoreConfig of(
            CommandSpec spec, String url, @Nullable String user, @Nullable String passwordVariable) {
        String password = passwordVariable == null ? "" : System.getenv(passwordVariable);
        if (password == null) {
            throw new ParameterException(
                    spec.commandLine(), "--password-env names " + passwordVariable + ", which is not set");
        }
        try {
            return StoreConfig.of(url, user, Secret.of(password));
        } catch (InvalidValueException e) {
            InvalidValueException told = e.in(OPTIONS.getOrDefault(e.field(), e.field()));
            throw new ParameterException(spec.commandLine(), String.valueOf(told.getMessage()), e);
        }
    }
}
