package dev.leat.verify.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LoopDiskTest {
    private static final long BYTES = LoopDisk.SMALLEST;

    @TempDir
    Path home;

    private Path file;
    private Path mounted;

    @BeforeAll
    static void machineAllowsIt() {
        Optional<String> unavailable = LoopDisk.unavailable();
        assumeTrue(unavailable.isEmpty(), () -> unavailable.orElseThrow());
    }

    @BeforeEach
    void name() {
        file = home.resolve("disk");
        mounted = home.resolve("mounted");
    }

    @Test
    void aPowerCutTakesWhatWasNotSyncedAndLeavesWhatWas() throws IOException {
        try (LoopDisk disk = LoopDisk.make(file, mounted, BYTES)) {
            write(disk.root().resolve("synced"), "kept", true);
            write(disk.root().resolve("written"), "gone", false);

            disk.powerCut(() -> {});

            assertThat(disk.root().resolve("synced")).hasContent("kept");
            assertThat(disk.root().resolve("written")).doesNotExist();
            write(disk.root().resolve("after"), "works", true);
            disk.powerCut(() -> {});
            assertThat(disk.root().resolve("after")).hasContent("works");
        }
    }

    @Test
    void aFileThatIsOpenIsOfThePastAfterACut() throws IOException {
        try (LoopDisk disk = LoopDisk.make(file, mounted, BYTES);
                FileChannel open = FileChannel.open(
                        disk.root().resolve("open"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            disk.powerCut(() -> {});
            open.write(ByteBuffer.allocate(1));
            open.force(true);
            assertThat(disk.root().resolve("open")).doesNotExist();
        }
        assertNothingLeft();
    }

    @Test
    void aFullDiskTakesNothingUntilItIsFreed() throws IOException {
        try (LoopDisk disk = LoopDisk.make(file, mounted, BYTES)) {
            Path one = disk.root().resolve("one");
            try (ActiveFault full = disk.fill()) {
                assertThatThrownBy(() -> write(disk.root().resolve("full"), "x", true))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("No space left");
            }
            write(one, "room", true);
            assertThat(one).hasContent("room");
        }
    }

    @Test
    void closingLeavesNothing() throws IOException {
        LoopDisk disk = LoopDisk.make(file, mounted, BYTES);
        assertThat(loopDevices()).contains(file.toString());
        disk.close();
        disk.close();
        assertNothingLeft();
    }

    @Test
    void whatAKilledJvmLeftIsRemoved() throws Exception {
        Process killed = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Dying.class.getName(),
                        file.toString(),
                        mounted.toString())
                .inheritIO()
                .start();
        assertThat(killed.waitFor()).isEqualTo(137);
        assertThat(mounted.resolve("lost+found")).exists();

        try (LoopDisk disk = LoopDisk.make(file, mounted, BYTES)) {
            assertThat(disk.root().resolve("mine")).doesNotExist();
        }
        assertNothingLeft();
    }

    /** Makes a disk and dies of SIGKILL. */
    static final class Dying {
        private Dying() {}

        public static void main(String[] paths) throws IOException {
            LoopDisk disk = LoopDisk.make(Path.of(paths[0]), Path.of(paths[1]), BYTES);
            write(disk.root().resolve("mine"), "x", true);
            SystemCommand.run(
                    "kill", "-KILL", Long.toString(ProcessHandle.current().pid()));
        }
    }

    private void assertNothingLeft() throws IOException {
        assertThat(home).isEmptyDirectory();
        assertThat(loopDevices()).doesNotContain(home.toString());
    }

    /** The files behind them. */
    private static String loopDevices() throws IOException {
        StringBuilder files = new StringBuilder();
        try (var devices = Files.newDirectoryStream(Path.of("/sys/block"), "loop*")) {
            for (Path device : devices) {
                Path backing = device.resolve("loop/backing_file");
                if (Files.exists(backing)) {
                    files.append(Files.readString(backing));
                }
            }
        }
        return files.toString();
    }

    private static void write(Path to, String text, boolean sync) throws IOException {
        try (FileChannel channel = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
            if (sync) {
                channel.force(true);
            }
        }
    }
}
