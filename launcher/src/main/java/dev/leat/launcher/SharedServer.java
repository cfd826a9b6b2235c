package dev.leat.launcher;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.leat.launcher.LauncherException.Reason;
import dev.leat.launcher.ServerFiles.LastStart;
import dev.leat.launcher.ServerProcesses.Postmaster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One server directory as this JVM uses it, however many {@link PostgresServer}s of this JVM share it.
 *
 * <p>Between JVMs two bytes of the lock file decide. Whoever starts, stops or judges holds {@link #DECIDING} alone, so
 * two starts never race and nobody joins a server that is being stopped. Whoever uses the server holds {@link #USING}
 * together with the others; who leaves and then gets it alone was the last and stops the server. A killed JVM leaves
 * both by the operating system's hand, and its server, if it was the last, to the next start.
 */
final class SharedServer {
    private static final Logger log = LoggerFactory.getLogger(SharedServer.class);
    private static final Map<Path, SharedServer> SHARED = new ConcurrentHashMap<>();

    private static final long DECIDING = 0;
    private static final long USING = 1;

    private static final Duration FAST_STOP = Duration.ofSeconds(10);
    private static final Duration IMMEDIATE_STOP = Duration.ofSeconds(5);
    private static final Duration KILL = Duration.ofSeconds(5);
    private static final int PORT_ATTEMPTS = 5;

    private final ServerFiles files;
    private final ServerProcesses processes;
    private int holders; // changed only inside SHARED.compute
    private int users;
    private @Nullable FileChannel channel;
    private @Nullable FileLock using;

    private SharedServer(ServerFiles files) {
        this.files = files;
        this.processes = new ServerProcesses(files.data());
    }

    /** The one of this directory; given back with {@link #release}. */
    static SharedServer of(ServerFiles files) {
        return SHARED.compute(files.home(), (home, existing) -> {
            SharedServer server = existing == null ? new SharedServer(files) : existing;
            server.holders++;
            return server;
        });
    }

    void release() {
        SHARED.compute(files.home(), (home, server) -> --holders == 0 ? null : this);
    }

    /** How a user wants the server. */
    record Wish(PostgresBinaries binaries, String conf, int port, Duration timeout) {
        Wish on(int knownPort) {
            return new Wish(binaries, conf, knownPort, timeout);
        }

        boolean accepts(int actual) {
            return port == 0 || port == actual;
        }
    }

    /** How to log in to the server, and whether it ran before we came. */
    record Joined(int port, String password, boolean reused) {}

    synchronized Joined join(Wish wish, Deadline deadline) {
        try {
            if (channel == null) {
                channel = FileChannel.open(files.lock(), READ, WRITE);
            }
            try (FileLock deciding = decide(channel, deadline)) {
                files.requireMajor(wish.binaries().major());
                Optional<Postmaster> running = suitableServer(wish, deadline);
                int port = running.isPresent() ? running.get().port() : startFresh(wish, deadline);
                Joined joined = new Joined(port, files.password(), running.isPresent());
                if (using == null) {
                    using = FileLocks.now(channel, USING, true)
                            .orElseThrow(() -> new LauncherException(
                                    Reason.IN_USE,
                                    "Another class loader of this JVM uses the server in " + files.home()
                                            + ". Load the launcher once, or use another directory."));
                }
                users++;
                return joined;
            }
        } catch (IOException e) {
            throw Failure.of("Could not start PostgreSQL in " + files.home(), e);
        } finally {
            closeUnused();
        }
    }

    /** Ends one use; the last user of all JVMs stops the server. */
    synchronized void leave(Wish wish) {
        users--;
        if (users > 0 || channel == null) {
            return;
        }
        Deadline deadline = Deadline.uninterruptible(wish.timeout());
        // Without the lock in time someone else is starting: he will be the user, so leaving is all there is to do.
        try (@Nullable
                FileLock deciding =
                        FileLocks.await(channel, DECIDING, false, deadline).orElse(null)) {
            if (using != null) {
                using.release();
                using = null;
            }
            if (deciding != null && alone(channel)) {
                stopRunning(wish);
            }
        } catch (IOException e) {
            throw new LauncherException(
                    Reason.STOP_FAILED, "Could not stop the server in " + files.home() + ": " + e, e);
        } finally {
            closeUnused();
        }
    }

    /** Stops the server if it runs, and starts it on the port it had. */
    synchronized void restart(Wish wish) {
        Deadline deadline = Deadline.in(wish.timeout());
        try (FileLock deciding = decide(open(), deadline)) {
            stopRunning(wish);
            startFresh(wish, deadline);
        } catch (IOException e) {
            throw Failure.of("Could not restart PostgreSQL in " + files.home(), e);
        }
    }

    /** Whether no server runs at this moment, for whatever reason; one that somebody is just starting or stopping may count. */
    boolean isDown() {
        try {
            return processes.postmaster().isEmpty();
        } catch (IOException e) {
            log.debug("looking for the server in {}", files.home(), e); // its file is just being replaced
            return false;
        }
    }

    /**
     * Starts the server if it died, on the port it had. Judged and done while deciding alone, so of several users that see it
     * dead one starts it, and nobody starts one that is just being stopped.
     *
     * @return false if it runs, since it did not die or another user was faster
     */
    synchronized boolean revive(Wish wish) {
        Deadline deadline = Deadline.in(wish.timeout());
        try (FileLock deciding = decide(open(), deadline)) {
            if (processes.postmaster().isPresent()) {
                return false;
            }
            if (!files.hasData()) {
                // It may live on without its files, and take what it can never give back.
                killRunning();
                throw new LauncherException(
                        Reason.START_FAILED,
                        "The data of the server in " + files.home()
                                + " is gone; an empty server in its place would hide"
                                + " that. Bring it back, or close all its users and start anew.");
            }
            startFresh(wish, deadline);
            return true;
        } catch (IOException e) {
            throw Failure.of("Could not start PostgreSQL again in " + files.home(), e);
        }
    }

    synchronized void stop(Wish wish) {
        try (FileLock deciding = decide(open(), Deadline.in(wish.timeout()))) {
            stopRunning(wish);
        } catch (IOException e) {
            throw new LauncherException(
                    Reason.STOP_FAILED, "Could not stop the server in " + files.home() + ": " + e, e);
        }
    }

    synchronized void kill(Wish wish) {
        try (FileLock deciding = decide(open(), Deadline.in(wish.timeout()))) {
            killRunning();
        } catch (IOException e) {
            throw new LauncherException(
                    Reason.STOP_FAILED, "Could not kill the server in " + files.home() + ": " + e, e);
        }
    }

    private FileChannel open() {
        if (channel == null) {
            throw new IllegalStateException("The server in " + files.home() + " is closed");
        }
        return channel;
    }

    private void closeUnused() {
        if (users > 0 || channel == null) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            log.debug("closing {}", files.lock(), e); // its locks end with it all the same
        }
        channel = null;
        using = null;
    }

    private FileLock decide(FileChannel lockFile, Deadline deadline) throws IOException {
        return FileLocks.await(lockFile, DECIDING, false, deadline)
                .orElseThrow(() -> new LauncherException(
                        Reason.TIMED_OUT,
                        "Another process is starting or stopping the server in " + files.home()
                                + " and did not finish in time. Start again, with a longer startTimeout."));
    }

    /** Nobody else uses the server; meaningful only while we hold no share ourselves and decide alone. */
    private static boolean alone(FileChannel lockFile) throws IOException {
        Optional<FileLock> all = FileLocks.now(lockFile, USING, false);
        if (all.isPresent()) {
            all.get().release();
        }
        return all.isPresent();
    }

    private boolean othersUseIt() throws IOException {
        return users > 0 || !alone(open());
    }

    /** The server, if one runs that suits; one that does not is stopped, unless someone else uses it. */
    private Optional<Postmaster> suitableServer(Wish wish, Deadline deadline) throws IOException {
        Optional<Postmaster> running = processes.postmaster();
        if (running.isEmpty()) {
            return running;
        }
        boolean sameSettings = files.settings().equals(wish.conf());
        if (sameSettings && wish.accepts(running.get().port())) {
            return awaitReady(running.get(), deadline) ? running : Optional.empty();
        }
        if (othersUseIt()) {
            throw new LauncherException(
                    Reason.IN_USE,
                    "Another user of " + files.home() + " runs the server on port "
                            + running.get().port()
                            + (sameSettings ? "" : " with other settings or another minor version") + ". Ask for "
                            + (sameSettings ? "that port or 0" : "the same settings")
                            + ", use another directory, or close the other user first.");
        }
        log.info("The server in {} was left with another port, version or settings; starting it anew", files.home());
        stopRunning(wish);
        return Optional.empty();
    }

    /** Waits for a server that may still be starting or stopping; false when it ends instead. */
    private boolean awaitReady(Postmaster running, Deadline deadline) throws IOException {
        while (processes.isAlive(running.pid())) {
            if (accepts(running.port())) {
                return true;
            }
            if (deadline.passed()) {
                throw new LauncherException(
                        Reason.TIMED_OUT,
                        "The server in " + files.home() + " runs (process " + running.pid()
                                + ") but does not accept connections in time. Raise startTimeout if its log "
                                + files.log()
                                + " shows that it is recovering; otherwise end that process.\n"
                                + Failure.indented(files.logSince(0)));
            }
            deadline.pause();
        }
        return false;
    }

    /** The server itself says when it is ready: asking it earlier would fill its log with refusals. */
    private boolean accepts(int port) throws IOException {
        return processes.postmaster().filter(Postmaster::ready).isPresent()
                && new ServerProbe(port, files.password()).ask() == ServerProbe.Answer.READY;
    }

    /** Returns the port. */
    private int startFresh(Wish wish, Deadline deadline) throws IOException {
        refuseUnseenServer();
        if (!processes.killAll(Deadline.in(KILL))) { // children of a killed server still write to its memory
            throw new LauncherException(
                    Reason.STOP_FAILED,
                    "Processes of an earlier server in " + files.home() + " cannot be ended: " + processes.all());
        }
        processes.forgetDead();
        if (!files.hasData()) {
            initialise(wish, deadline);
        }
        files.writeSettings(wish.conf());
        for (int attempt = 1; ; attempt++) {
            int candidate = wish.port() != 0 ? wish.port() : choosePort(attempt);
            try {
                launch(wish.binaries(), candidate, deadline);
                files.remember(new LastStart(candidate, ServerProcesses.namespace()));
                return candidate;
            } catch (LauncherException e) {
                if (e.reason() != Reason.PORT_TAKEN || wish.port() != 0 || attempt == PORT_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** A server in another container on the same directory is invisible to us, and a second one would ruin the data. */
    private void refuseUnseenServer() throws IOException {
        Optional<LastStart> last = files.lastStart();
        if (last.isPresent() && !last.get().processNamespace().equals(ServerProcesses.namespace()) && othersUseIt()) {
            throw new LauncherException(
                    Reason.IN_USE,
                    "A process in another container uses " + files.home()
                            + ". Close it, or give each container a directory of its own.");
        }
    }

    private void initialise(Wish wish, Deadline deadline) throws IOException {
        files.makePassword();
        Path fresh = files.freshData();
        Programs.run(
                List.of(
                        wish.binaries().program("initdb").toString(),
                        "--pgdata=" + fresh,
                        "--username=" + ServerProbe.USER,
                        "--pwfile=" + files.passwordFile(),
                        "--auth=scram-sha-256",
                        "--encoding=UTF8",
                        "--locale=C",
                        "--no-instructions"),
                files.home(),
                deadline);
        files.adopt(fresh);
    }

    private void launch(PostgresBinaries binaries, int candidate, Deadline deadline) throws IOException {
        requireFree(candidate);
        long started = System.nanoTime();
        long logEnd = files.readyLog();
        Process server = Programs.startDetached(
                List.of(
                        binaries.program("postgres").toString(),
                        "-D",
                        files.data().toString(),
                        "-c",
                        "port=" + candidate, // here and not in the file: ALTER SYSTEM must not change these
                        "-c",
                        "listen_addresses=127.0.0.1",
                        "-c",
                        "unix_socket_directories="),
                files.home(),
                files.log().toFile());
        boolean ready = false;
        try {
            while (!accepts(candidate)) {
                if (!server.isAlive()) {
                    throw Failure.of(
                            "PostgreSQL " + binaries.version() + " did not start in " + files.home() + " on port "
                                    + candidate + " (status " + server.exitValue() + ", log " + files.log() + ")",
                            files.logSince(logEnd),
                            null);
                }
                if (deadline.passed()) {
                    throw new LauncherException(
                            Reason.TIMED_OUT,
                            "PostgreSQL " + binaries.version() + " in " + files.home()
                                    + " does not accept connections in time and was stopped. Raise startTimeout if the"
                                    + " log "
                                    + files.log() + " shows that it was recovering.\n"
                                    + Failure.indented(files.logSince(logEnd)));
                }
                deadline.pause();
            }
            ready = true;
        } finally {
            if (!ready) {
                processes.killAll(Deadline.uninterruptible(KILL));
            }
        }
        log.info(
                "PostgreSQL {} is ready on 127.0.0.1:{} after {} ms, data in {}",
                binaries.version(),
                candidate,
                (System.nanoTime() - started) / 1_000_000,
                files.home());
    }

    /** First the port of last time, if it is free; then any free one. */
    private int choosePort(int attempt) throws IOException {
        Optional<LastStart> last = files.lastStart();
        if (attempt == 1 && last.isPresent() && isFree(last.get().port())) {
            return last.get().port();
        }
        try (ServerSocket any = new ServerSocket(0, 1, localAddress())) {
            return any.getLocalPort();
        }
    }

    private static void requireFree(int candidate) {
        if (!isFree(candidate)) {
            throw new LauncherException(
                    Reason.PORT_TAKEN,
                    "Port " + candidate + " on 127.0.0.1 is taken by another program. Stop that one, or ask for another"
                            + " port (0 = any free port).");
        }
    }

    private static boolean isFree(int candidate) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true); // as PostgreSQL does: connections of an earlier server may linger
            socket.bind(new InetSocketAddress(localAddress(), candidate));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** 127.0.0.1 itself: the loopback address of a JVM may be the one of IPv6. */
    private static InetAddress localAddress() throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }

    /** Fast shutdown; if the server takes too long the immediate one, which recovers at the next start; then by force. */
    private void stopRunning(Wish wish) throws IOException {
        Optional<Postmaster> running = processes.postmaster();
        if (running.isEmpty()) {
            return;
        }
        long pid = running.get().pid();
        if (!signalAndWait(wish, pid, "INT", FAST_STOP) && !signalAndWait(wish, pid, "QUIT", IMMEDIATE_STOP)) {
            log.warn("PostgreSQL in {} does not stop (process {}) and is killed", files.home(), pid);
            killRunning();
        }
    }

    private boolean signalAndWait(Wish wish, long pid, String signal, Duration patience) {
        Deadline deadline = Deadline.uninterruptible(patience);
        try {
            Programs.run(
                    List.of(wish.binaries().program("pg_ctl").toString(), "kill", signal, Long.toString(pid)),
                    files.home(),
                    deadline);
        } catch (LauncherException e) {
            log.debug("signal {} to process {}", signal, pid, e); // it may have ended by itself; if not, the next step
        }
        while (processes.isAlive(pid)) {
            if (deadline.passed()) {
                return false;
            }
            deadline.pause();
        }
        return true;
    }

    private void killRunning() throws IOException {
        if (!processes.killAll(Deadline.uninterruptible(KILL))) {
            throw new LauncherException(
                    Reason.STOP_FAILED,
                    "Processes of the server in " + files.home() + " cannot be ended: " + processes.all());
        }
    }
}
