package dev.leat.launcher;

import dev.leat.launcher.LauncherException.Reason;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs PostgreSQL's programs: with English messages, without the caller's PG* variables, and never as root.
 *
 * <p>PostgreSQL refuses root, because a server with root's rights is a danger. {@code unshare -U} puts the program into
 * a user namespace of its own, where it still owns root's files but has none of root's rights.
 */
final class Programs {
    private Programs() {}

    /** Runs to the end and returns what was printed; a status other than 0 is a failure. */
    static String run(List<String> command, Path directory, Deadline deadline) {
        String name = Path.of(command.getFirst()).getFileName().toString();
        try {
            Path output = Files.createTempFile("leat-" + name, ".txt", PrivateFiles.FILE_MODE);
            try {
                Process process = builder(command, directory)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                try {
                    while (process.isAlive()) {
                        if (deadline.passed()) {
                            throw new LauncherException(
                                    Reason.TIMED_OUT,
                                    name + " did not finish in time. Start again, with a longer startTimeout.");
                        }
                        deadline.pause();
                    }
                } finally {
                    process.destroyForcibly();
                }
                String printed = Files.readString(output);
                if (process.exitValue() != 0) {
                    throw Failure.of(name + " failed with status " + process.exitValue(), printed, null);
                }
                return printed;
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw Failure.of("Could not run " + name, e);
        }
    }

    /** Starts a server that outlives this JVM and gets none of its terminal's signals; its output is appended to a file. */
    static Process startDetached(List<String> command, Path directory, File output) throws IOException {
        List<String> detached = new ArrayList<>(List.of("setsid"));
        detached.addAll(command);
        return builder(detached, directory)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output))
                .start();
    }

    private static ProcessBuilder builder(List<String> command, Path directory) throws IOException {
        List<String> allowed = new ArrayList<>();
        if (PrivateFiles.userId() == 0) {
            allowed.addAll(List.of("unshare", "-U"));
        }
        allowed.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(allowed).directory(directory.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        return builder;
    }
}
