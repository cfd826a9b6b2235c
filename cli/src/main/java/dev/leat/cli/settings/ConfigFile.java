package dev.leat.cli.settings;

import dev.leat.engine.config.LeatConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the configuration that a command is to use. */
public final class ConfigFile {
    private static final Path USUAL = Path.of("leat.yaml");
    private static final String VARIABLE = "LEAT_CONFIG";

    private ConfigFile() {}

    /** The file that was asked for, else the one that {@code LEAT_CONFIG} names, else {@code leat.yaml} if it is here. */
    public static Optional<Path> found(@Nullable Path asked, Map<String, String> environment) {
        if (asked != null) {
            return Optional.of(asked);
        }
        String named = environment.getOrDefault(VARIABLE, "");
        if (!named.isEmpty()) {
            return Optional.of(Path.of(named));
        }
        return Optional.of(USUAL).filter(Files::exists);
    }

    /**
     * What the file and the environment say; without a file, the environment alone.
     *
     * @throws dev.leat.engine.config.ConfigException with every mistake
     */
    public static LeatConfig read(@Nullable Path asked, Map<String, String> environment) {
        return found(asked, environment)
                .map(file -> LeatConfig.CONFIG.read(file, environment))
                .orElseGet(() -> LeatConfig.CONFIG.read(environment));
    }
}
