package dev.leat.cli.torture;

import java.io.IOException;
import java.nio.file.Path;

/** Ends a server, and takes its disk away, when this process is gone, however it ended. */
final class ServerGuard implements AutoCloseable {
    private static final String SCRIPT = "trap '' INT TERM HUP; cat > /dev/null; p=$(head -n 1 \"$1\");"
            + " case \"$(cat \"/proc/$p/comm\")\" in \"$2\"*)"
            + " kill -KILL \"$p\" $(cat \"/proc/$p/task/$p/children\");; esac;"
            + " if [ -e \"$3/disk\" ]; then umount -l \"$3/mounted\"; rm -f \"$3/disk\"; fi";

    /** Acts when nobody holds the other end of its input any more. */
    private final Process process;

    private ServerGuard(Process process) {
        this.process = process;
    }

    /**
     * Starts it.
     *
     * @param pidFile in whose first line the server's process is
     * @param program as its name begins
     * @param folder where its {@link BreakableDisk} is
     */
    static ServerGuard start(Path pidFile, String program, Path folder) throws IOException {
        return new ServerGuard(new ProcessBuilder(
                        "sh", "-c", SCRIPT, "leat-torture-guard", pidFile.toString(), program, folder.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    /** From now on the server is somebody else's to end. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
