package dev.leat.cli.settings;

import dev.leat.engine.config.StoreConfig;
import dev.leat.postgres.PostgresConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The database that a configuration or a command line names. */
public final class StoreAccess {
    private StoreAccess() {}

    /** As configured. */
    public static PostgresConfig of(StoreConfig store) {
        return new PostgresConfig(
                store.url(),
                store.user(),
                store.password().reveal(),
                store.schema(),
                store.connections(),
                store.durability());
    }

    /**
     * As {@code --store}, {@code --user} and {@code --password-env} say.
     *
     * @throws ParameterException if one of them is missing, or the variable is not set
     */
    public static PostgresConfig of(
            CommandSpec spec, String url, @Nullable String user, @Nullable String passwordVariable) {
        if (user == null) {
            throw new ParameterException(spec.commandLine(), "--user is missing; --store needs it");
        }
        String password = passwordVariable == null ? "" : System.getenv(passwordVariable);
        if (password == null) {
            throw new ParameterException(
                    spec.commandLine(), "--password-env names " + passwordVariable + ", which is not set");
        }
        return PostgresConfig.of(url, user, password);
    }
}
