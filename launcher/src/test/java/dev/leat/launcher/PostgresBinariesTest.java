package dev.leat.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.launcher.LauncherException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PostgresBinariesTest {
    @TempDir
    Path temp;

    @Test
    void processesThatUnpackAtTheSameMomentShareOneCompleteCopy() throws Exception {
        Path cache = Files.createDirectory(temp.resolve("cache"), PrivateFiles.DIRECTORY_MODE);
        try (ChildJvm one = ChildJvm.on(config("one").withCacheDirectory(cache));
                ChildJvm two = ChildJvm.on(config("two").withCacheDirectory(cache))) {
            one.started();
            two.started();
            one.end();
            two.end();
        }
        assertThat(directories(cache)).hasSize(1);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(
                        directories(cache).getFirst().resolve("bin/postgres"))))
                .isEqualTo("rwx------");

        // What a killed process left is removed, and what is incomplete is replaced.
        Path copy = directories(cache).getFirst();
        Path leftover = Files.createDirectory(copy.resolveSibling(copy.getFileName() + ".killed"));
        Files.delete(copy.resolve("VERSION"));
        Files.delete(copy.resolve("bin/initdb"));
        PostgresServer.start(config("three").withCacheDirectory(cache)).close();
        assertThat(leftover).doesNotExist();
    }

    @Test
    void cacheThatOthersMayWriteIsRefused() throws IOException {
        Path open = Files.createDirectory(temp.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertRefused(
                Reason.PERMISSION_DENIED,
                () -> PostgresServer.start(config("data").withCacheDirectory(open)));

        Path target = Files.createDirectory(temp.resolve("target"), PrivateFiles.DIRECTORY_MODE);
        Path link = Files.createSymbolicLink(temp.resolve("link"), target);
        assertRefused(
                Reason.PERMISSION_DENIED,
                () -> PostgresServer.start(config("data").withCacheDirectory(link)));
        assertThat(temp.resolve("data")).doesNotExist();
    }

    @Test
    void absentOrDamagedArchiveIsRefused() throws IOException {
        Path cache = temp.resolve("cache");
        Path empty = Files.createDirectory(temp.resolve("empty"));
        PostgresServerConfig config = config("data").withCacheDirectory(cache).withBinaries(empty);
        assertRefused(Reason.BINARIES_UNUSABLE, () -> PostgresServer.start(config));
        assertRefused(
                Reason.BINARIES_UNUSABLE, () -> PostgresServer.start(config.withBinaries(temp.resolve("no.jar"))));

        for (String name : List.of("postgres-linux-x86_64.txz", "postgres-linux-arm_64.txz")) {
            try (InputStream whole = PostgresServer.class.getResourceAsStream("/" + name)) {
                Files.write(empty.resolve(name), whole.readNBytes(100_000));
            }
        }
        assertRefused(Reason.BINARIES_UNUSABLE, () -> PostgresServer.start(config));
        for (String name : List.of("postgres-linux-x86_64.txz", "postgres-linux-arm_64.txz")) {
            Files.writeString(empty.resolve(name), "not an archive");
        }
        assertRefused(Reason.BINARIES_UNUSABLE, () -> PostgresServer.start(config));
    }

    private PostgresServerConfig config(String name) {
        return PostgresServerConfig.at(temp.resolve(name));
    }

    private static List<Path> directories(Path parent) throws IOException {
        try (Stream<Path> entries = Files.list(parent)) {
            return entries.filter(Files::isDirectory).toList();
        }
    }

    private static void assertRefused(Reason reason, ThrowingCallable start) {
        assertThatThrownBy(start)
                .isInstanceOfSatisfying(
                        LauncherException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }
}
