package dev.leat.verify.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Processes that stand still until this is closed. They go on too when this process ends, however it does: what stops them is
 * a shell that lives on, and continues them when nobody holds the other end of its input any more.
 */
final class Suspension implements AutoCloseable {
    private static final String SCRIPT = "trap '' INT TERM HUP; kill -STOP \"$@\"; cat > /dev/null; kill -CONT \"$@\"";

    private final Process shell;

    private Suspension(Process shell) {
        this.shell = shell;
    }

    static Suspension of(List<Long> pids) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", SCRIPT, "leat-suspension"));
        pids.forEach(pid -> command.add(Long.toString(pid)));
        try {
            return new Suspension(new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException("no shell to stop processes with", e);
        }
    }

    /** Returns when they have been told to go on. */
    @Override
    public void close() {
        try {
            shell.getOutputStream().close();
            shell.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
