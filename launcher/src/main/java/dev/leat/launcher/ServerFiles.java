package dev.leat.launcher;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import dev.leat.launcher.LauncherException.Reason;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The files of one server directory.
 *
 * <pre>
 * leat-postgres.lock   marks the directory as ours; its bytes are the locks of {@link SharedServer}
 * data/                what initdb made; absent or complete
 * log/postgresql.log   what the server says; beyond 8 MiB a start moves it to postgresql.log.1
 * password             of the user "leat": 256 random bits, mode 0600
 * last-start           port and process-id namespace of the last start
 * </pre>
 */
final class ServerFiles {
    static final String LOCK_NAME = "leat-postgres.lock";

    private static final long LOG_LIMIT_BYTES = 8L << 20;
    private static final int TAIL_BYTES = 4_096;
    private static final int TAIL_LINES = 12;

    private final Path home;

    private ServerFiles(Path home) {
        this.home = home;
    }

    /** Marks an absent or empty directory as ours; refuses one with foreign files without touching it. */
    static synchronized ServerFiles open(Path directory) { // see create() about the lock file
        try {
            Path wanted = directory.toAbsolutePath().normalize();
            if (Files.exists(wanted) && !Files.isDirectory(wanted)) {
                throw new LauncherException(
                        Reason.DIRECTORY_NOT_OURS, wanted + " is a file. Name a directory that is empty or absent.");
            }
            if (!Files.exists(wanted)) {
                Files.createDirectories(wanted, PrivateFiles.DIRECTORY_MODE);
            }
            Path home = wanted.toRealPath();
            requireOurs(home);
            Files.setPosixFilePermissions(home, PrivateFiles.DIRECTORY);
            create(home.resolve(LOCK_NAME), "Leat keeps a PostgreSQL server in this directory.\n");
            ServerFiles files = new ServerFiles(home);
            Files.createDirectories(home.resolve("log"), PrivateFiles.DIRECTORY_MODE);
            return files;
        } catch (IOException e) {
            throw Failure.of("Could not use the directory " + directory, e);
        }
    }

    Path home() {
        return home;
    }

    Path lock() {
        return home.resolve(LOCK_NAME);
    }

    Path data() {
        return home.resolve("data");
    }

    Path log() {
        return home.resolve("log").resolve("postgresql.log");
    }

    Path passwordFile() {
        return home.resolve("password");
    }

    void makePassword() throws IOException {
        if (!Files.exists(passwordFile())) {
            byte[] random = new byte[32];
            new SecureRandom().nextBytes(random);
            PrivateFiles.replace(
                    passwordFile(), Base64.getUrlEncoder().withoutPadding().encodeToString(random) + "\n");
        }
    }

    String password() throws IOException {
        if (!Files.exists(passwordFile())) {
            throw new LauncherException(
                    Reason.PASSWORD_REFUSED,
                    "The password of the server in " + home + " is gone: put the file " + passwordFile()
                            + " back, or delete the directory if its content may go.");
        }
        return Files.readString(passwordFile()).strip();
    }

    boolean hasData() {
        return Files.exists(data());
    }

    /** A place for initdb to fill; what killed processes left in earlier ones is removed. */
    Path freshData() throws IOException {
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(home, "data-*")) {
            for (Path leftover : leftovers) {
                PrivateFiles.deleteTree(leftover);
            }
        }
        return home.resolve("data-" + UUID.randomUUID());
    }

    /** Survives a loss of power: under its old name the next start would take it for something left behind. */
    void adopt(Path freshData) throws IOException {
        Files.move(freshData, data(), ATOMIC_MOVE);
        PrivateFiles.sync(home);
    }

    /** Throws if the data was made by another major version than the given one. */
    void requireMajor(int major) throws IOException {
        if (!hasData()) {
            return;
        }
        String made = Files.readString(data().resolve("PG_VERSION")).strip();
        if (!made.equals(Integer.toString(major))) {
            throw new LauncherException(
                    Reason.OTHER_VERSION,
                    "The data in " + data() + " was made by PostgreSQL " + made + ", this is PostgreSQL " + major
                            + ". Nothing was changed. Use another directory, delete this one if its content may go, or"
                            + " start it with PostgreSQL " + made + ", dump the data and load it into a new one.");
        }
    }

    /** The settings of the last start; empty before the first. */
    String settings() throws IOException {
        Path conf = data().resolve("postgresql.conf");
        return Files.exists(conf) ? Files.readString(conf) : "";
    }

    void writeSettings(String text) throws IOException {
        PrivateFiles.replace(data().resolve("postgresql.conf"), text);
    }

    /** Where and for whom the server last started. Nothing is lost with it but the wish for the same port. */
    record LastStart(int port, String processNamespace) {}

    Optional<LastStart> lastStart() throws IOException {
        Path file = home.resolve("last-start");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(file);
        if (lines.size() != 2 || !lines.getFirst().matches("\\d{1,5}")) {
            return Optional.empty();
        }
        return Optional.of(new LastStart(Integer.parseInt(lines.getFirst()), lines.get(1)));
    }

    void remember(LastStart start) throws IOException {
        PrivateFiles.replace(home.resolve("last-start"), start.port() + "\n" + start.processNamespace() + "\n");
    }

    /** Where the log ends now, after making room in it; what a start prints comes after that. */
    long readyLog() throws IOException {
        if (Files.exists(log()) && Files.size(log()) > LOG_LIMIT_BYTES) {
            Files.move(log(), log().resolveSibling("postgresql.log.1"), REPLACE_EXISTING);
        }
        create(log(), "");
        return Files.size(log());
    }

    /** The last lines of the log from the given place on. */
    String logSince(long position) {
        try (RandomAccessFile file = new RandomAccessFile(log().toFile(), "r")) {
            long from = Math.max(position, file.length() - TAIL_BYTES);
            file.seek(from);
            byte[] bytes = new byte[(int) Math.min(TAIL_BYTES, Math.max(0, file.length() - from))];
            file.readFully(bytes);
            List<String> lines =
                    new String(bytes, StandardCharsets.UTF_8).lines().toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "(the log " + log() + " cannot be read: " + e + ")";
        }
    }

    /** {@code postgresql.conf} for the given settings over our defaults; differs for each version of the programs. */
    static String conf(String version, Map<String, String> settings) {
        Map<String, String> all = new TreeMap<>(DEFAULTS);
        all.putAll(settings);
        StringBuilder text = new StringBuilder("# PostgreSQL " + version
                + ". Written by Leat at every start: change settings in Leat's configuration.\n");
        all.forEach((name, value) -> text.append(name)
                .append(" = '")
                .append(value.replace("\\", "\\\\").replace("'", "''"))
                .append("'\n"));
        return text.toString();
    }

    /** For a developer's machine: nothing that was committed is ever lost, memory stays small. */
    private static final Map<String, String> DEFAULTS = Map.ofEntries(
            Map.entry("fsync", "on"),
            Map.entry("synchronous_commit", "on"),
            Map.entry("full_page_writes", "on"),
            Map.entry("password_encryption", "scram-sha-256"),
            Map.entry("max_connections", "100"),
            Map.entry("shared_buffers", "128MB"),
            Map.entry("max_wal_size", "1GB"),
            Map.entry("dynamic_shared_memory_type", "posix"),
            Map.entry("jit", "off"), // compiling costs more than our short statements take
            Map.entry("timezone", "UTC"),
            Map.entry("log_timezone", "UTC"),
            Map.entry("datestyle", "iso, mdy"),
            Map.entry("lc_messages", "C"),
            Map.entry("lc_monetary", "C"),
            Map.entry("lc_numeric", "C"),
            Map.entry("lc_time", "C"),
            Map.entry("default_text_search_config", "pg_catalog.english"));

    private static void requireOurs(Path home) throws IOException {
        try (Stream<Path> list = Files.list(home)) {
            List<String> names =
                    list.map(entry -> entry.getFileName().toString()).sorted().toList();
            // The mark is the first file we make, so whoever sees another of ours sees it, or sees it by looking again.
            if (!names.isEmpty() && !names.contains(LOCK_NAME) && !Files.exists(home.resolve(LOCK_NAME))) {
                throw new LauncherException(
                        Reason.DIRECTORY_NOT_OURS,
                        home + " holds files that Leat did not make (" + names.getFirst()
                                + (names.size() > 1 ? " and " + (names.size() - 1) + " more" : "")
                                + "). Nothing was changed. Name a directory that is empty or absent.");
            }
        }
    }

    /** Opens nothing that exists: closing the lock file again would drop this JVM's locks on it. */
    private static void create(Path file, String text) throws IOException {
        if (Files.exists(file)) {
            return;
        }
        try {
            Files.createFile(file, PrivateFiles.FILE_MODE);
            Files.writeString(file, text);
        } catch (FileAlreadyExistsException e) {
            // another process was faster
        }
    }
}
