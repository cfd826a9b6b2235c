package dev.leat.verify.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** What can happen to a process and all its descendants. On Linux only. Thread-safe. */
public final class ProcessFaults {
    private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(1);

    // Of /proc/PID/stat; a zombie holds nothing any more.
    private static final String ENDED = "ZX";
    private static final String STILL = "Tt" + ENDED;

    private ProcessFaults() {}

    /**
     * Stands the processes still (SIGSTOP), those too that they start meanwhile. They keep what they hold: connections, locks,
     * ports. When this returns all of them have stopped, and no call of theirs to the system is under way.
     *
     * @return lets them go on (SIGCONT)
     * @throws IOException if they cannot be told to
     */
    public static ActiveFault freeze(long pid) throws IOException {
        Set<ProcessHandle> frozen = new HashSet<>();
        for (List<ProcessHandle> moving = moving(pid); !moving.isEmpty(); moving = moving(pid)) {
            for (ProcessHandle process : moving) {
                if (frozen.add(process)) {
                    signal("-STOP", process);
                }
            }
            LockSupport.parkNanos(LOOK);
        }
        return () -> frozen.forEach(ProcessFaults::thaw);
    }

    /** Ends the processes (SIGKILL), also frozen ones, and returns when they are gone. */
    public static void kill(long pid) {
        List<ProcessHandle> processes = family(pid).toList();
        processes.forEach(ProcessHandle::destroyForcibly);
        while (processes.stream().anyMatch(process -> ENDED.indexOf(state(process.pid())) < 0)) {
            LockSupport.parkNanos(LOOK);
        }
    }

    /** The parent first, so that it starts no more children. */
    private static Stream<ProcessHandle> family(long pid) {
        return ProcessHandle.of(pid).stream().flatMap(root -> Stream.concat(Stream.of(root), root.descendants()));
    }

    private static List<ProcessHandle> moving(long pid) {
        return family(pid)
                .filter(process -> STILL.indexOf(state(process.pid())) < 0)
                .toList();
    }

    private static char state(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            // It comes behind the program's name, which may hold anything.
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            return 'X'; // gone, as the process may also be while its file is read
        }
    }

    private static void thaw(ProcessHandle process) {
        if (!process.isAlive()) {
            return; // its number may be another's by now
        }
        try {
            signal("-CONT", process);
        } catch (IOException e) {
            if (process.isAlive()) {
                throw new IllegalStateException("process " + process.pid() + " stays frozen", e);
            }
        }
    }

    private static void signal(String signal, ProcessHandle process) throws IOException {
        try {
            SystemCommand.run("kill", signal, Long.toString(process.pid()));
        } catch (IOException e) {
            if (process.isAlive()) {
                throw e;
            }
        }
    }
}
