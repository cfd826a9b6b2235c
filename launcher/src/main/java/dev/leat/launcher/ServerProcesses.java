package dev.leat.launcher;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The live processes of the server on one data directory, as Linux sees them.
 *
 * <p>A number in {@code postmaster.pid} proves nothing: the process may be dead and its number taken by another. A
 * process is the server's if it runs a program called {@code postgres} with the data directory as its working directory,
 * which all of PostgreSQL's processes keep for life.
 */
final class ServerProcesses {
    private final Path data;

    ServerProcesses(Path data) {
        this.data = data;
    }

    /** @param ready the server has said that it accepts connections, and not yet that it is stopping */
    record Postmaster(long pid, int port, boolean ready) {}

    /** The parent of all the others; empty when it does not run, even if some of its children still do. */
    Optional<Postmaster> postmaster() throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(data.resolve("postmaster.pid"));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        // process, data directory, start time, port, socket directory, address, shared memory, state
        if (lines.size() < 4
                || !lines.getFirst().matches("\\d{1,10}")
                || !lines.get(3).matches("\\d{1,5}")) {
            return Optional.empty();
        }
        long pid = Long.parseLong(lines.getFirst());
        boolean ready = lines.size() > 7 && lines.get(7).strip().equals("ready");
        return isAlive(pid)
                ? Optional.of(new Postmaster(pid, Integer.parseInt(lines.get(3)), ready))
                : Optional.empty();
    }

    boolean isAlive(long pid) {
        return isOurs(Path.of("/proc", Long.toString(pid)));
    }

    List<Long> all() throws IOException {
        List<Long> pids = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (isOurs(process)) {
                    pids.add(Long.parseLong(process.getFileName().toString()));
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return pids;
    }

    /** Kills every process (SIGKILL) and returns whether all are gone before the deadline. */
    boolean killAll(Deadline deadline) throws IOException {
        postmaster().ifPresent(postmaster -> kill(postmaster.pid())); // first, so that it starts no more children
        for (List<Long> left = all(); !left.isEmpty(); left = all()) {
            if (deadline.passed()) {
                return false;
            }
            left.forEach(ServerProcesses::kill);
            deadline.pause();
        }
        return true;
    }

    /** Removes what a dead server left: its number may belong to someone else by now, and PostgreSQL would wait for him. */
    void forgetDead() throws IOException {
        Files.deleteIfExists(data.resolve("postmaster.pid"));
    }

    /** Names the process-id namespace: only what runs in ours can be seen in /proc. */
    static String namespace() throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
    }

    private boolean isOurs(Path process) {
        try {
            String program = Files.readSymbolicLink(process.resolve("exe")).toString();
            return (program.endsWith("/postgres") || program.endsWith("/postgres (deleted)"))
                    && isData(process.resolve("cwd"));
        } catch (IOException e) {
            return false; // gone, a zombie, or of a user whose processes we may not look at
        }
    }

    /** Also if it was removed below the feet of the process. */
    private boolean isData(Path folder) throws IOException {
        return Files.readSymbolicLink(folder).toString().equals(data + " (deleted)") || Files.isSameFile(folder, data);
    }

    private static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
}
