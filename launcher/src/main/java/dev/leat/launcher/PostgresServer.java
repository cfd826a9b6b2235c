package dev.leat.launcher;

import dev.leat.launcher.LauncherException.Reason;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server of our own on a kept directory: started, or found still running, and stopped when its last user
 * closes it.
 *
 * <p>What a caller may rely on:
 *
 * <ul>
 *   <li>The server accepts connections when {@link #start} returns, has an empty or kept database {@code leat} in UTF-8
 *       with the C locale, and listens on 127.0.0.1 only, by TCP only, with password authentication (SCRAM-SHA-256). The
 *       password is 256 random bits, made at the first start and kept in a file that only its owner may read. The user
 *       {@code leat} is a superuser.
 *   <li>What was committed survives any end of the server or the machine: {@code fsync}, {@code synchronous_commit} and
 *       {@code full_page_writes} are on unless the settings say otherwise.
 *   <li>One directory is one server. Any number of objects and JVMs may use it at once; the last one that closes stops
 *       it. A JVM that is killed counts as having left; a server it leaves behind is found and reused by the next start.
 *   <li>Neither starting nor closing ever stops, changes or moves a server under another live user, and a directory or
 *       data that does not fit is refused untouched. {@link #stop}, {@link #kill} and {@link #restart} are for tests and
 *       act on the server of all users.
 * </ul>
 *
 * <p>It does not promise to run on anything but Linux with glibc on amd64 and arm64, to upgrade data from one major
 * version to the next, or to share a directory between containers or over a network file system.
 *
 * <p>All methods may be called from any thread; those of one directory wait for each other. Methods other than
 * {@link #close} throw {@link IllegalStateException} on a closed object where they need the server.
 */
public final class PostgresServer implements AutoCloseable {
    private final SharedServer shared;
    private final SharedServer.Wish wish;
    private final SharedServer.Joined joined;
    private final Path directory;
    private final @Nullable Thread exitHook;
    private final List<PostgresWatch> watches = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    private PostgresServer(
            SharedServer shared,
            SharedServer.Wish wish,
            SharedServer.Joined joined,
            Path directory,
            boolean stopOnExit) {
        this.shared = shared;
        this.wish = wish;
        this.joined = joined;
        this.directory = directory;
        this.exitHook = stopOnExit ? new Thread(this::close, "leat-postgres-stop") : null;
    }

    /**
     * Starts the server of the configured directory, or joins it if it runs. Blocks until it accepts connections: about
     * 4 s the first time on a machine, 1.5 s on a new directory, 0.3 s on a kept one.
     *
     * @throws LauncherException if that is impossible or takes longer than the start time-out; nothing it started is left running
     */
    public static PostgresServer start(PostgresServerConfig config) {
        PostgresBinaries binaries = PostgresBinaries.ready(config, Deadline.in(config.startTimeout()));
        ServerFiles files = ServerFiles.open(config.dataDirectory());
        SharedServer.Wish wish = new SharedServer.Wish(
                binaries,
                ServerFiles.conf(binaries.version(), config.settings()),
                config.port(),
                config.startTimeout());
        SharedServer shared = SharedServer.of(files);
        SharedServer.Joined joined;
        try {
            joined = shared.join(wish, Deadline.in(config.startTimeout()));
        } catch (RuntimeException e) {
            shared.release();
            throw e;
        }
        PostgresServer server =
                new PostgresServer(shared, wish.on(joined.port()), joined, files.home(), config.stopOnExit());
        server.closeAtExit();
        return server;
    }

    /** Where to connect, without the password: {@code jdbc:postgresql://127.0.0.1:PORT/leat?user=leat}. */
    public String url() {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/" + ServerProbe.DATABASE + "?user=" + ServerProbe.USER;
    }

    public String user() {
        return ServerProbe.USER;
    }

    public String password() {
        return joined.password();
    }

    /** The same for the life of this object, also over {@link #restart}. */
    public int port() {
        return joined.port();
    }

    /** Such as {@code 18.6}. */
    public String version() {
        return wish.binaries().version();
    }

    public Path dataDirectory() {
        return directory;
    }

    /** Whether the server ran before this object joined it. */
    public boolean reused() {
        return joined.reused();
    }

    /**
     * Kills the whole server as a crash would: SIGKILL to every process of it, for all users. Returns when all are gone.
     * {@link #restart} brings it back with everything that was committed.
     */
    public void kill() {
        requireOpen();
        shared.kill(wish);
    }

    /** Stops the server for all users, without giving up this use: connections are cut, open transactions rolled back. */
    public void stop() {
        requireOpen();
        shared.stop(wish);
    }

    /**
     * Stops the server if it runs and starts it again on the same port, for all users, with this object's settings.
     *
     * @throws LauncherException if it does not come back, with the reason
     */
    public void restart() {
        requireOpen();
        shared.restart(wish);
    }

    /**
     * Has the server started again whenever it dies, on the same port and for all users, until the watch or this object is
     * closed. What was committed is there again; connections are lost, and open transactions rolled back. However many users
     * watch, in however many JVMs, one of them starts it. A server that dies again and again is started at ever longer
     * intervals, up to half a minute.
     */
    public PostgresWatch watch() {
        requireOpen();
        PostgresWatch watch = new PostgresWatch(shared::isDown, () -> shared.revive(wish), this::toString);
        watches.add(watch);
        return watch;
    }

    /**
     * Ends this use; the last user of the directory stops the server: by fast shutdown, after 10 s by the immediate one,
     * after 5 s more by force. It first waits for another process that is starting or stopping it, at most the start
     * time-out. A second call waits for the first and does nothing else. An interrupt does not hurry it.
     *
     * @throws LauncherException if the server's processes cannot be ended
     */
    @Override
    public synchronized void close() { // so that a second caller, such as the exit hook, waits for the first
        if (closed) {
            return;
        }
        closed = true;
        forgetExit();
        watches.forEach(PostgresWatch::close);
        try {
            shared.leave(wish);
        } finally {
            shared.release();
        }
    }

    @Override
    public String toString() {
        return "PostgreSQL " + version() + " on 127.0.0.1:" + port() + " in " + directory;
    }

    /** How this user wants the server. */
    SharedServer.Wish wish() {
        return wish;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException(this + " is closed");
        }
    }

    private void closeAtExit() {
        if (exitHook == null) {
            return;
        }
        try {
            Runtime.getRuntime().addShutdownHook(exitHook);
        } catch (IllegalStateException e) { // nobody else would stop the server
            close();
            throw new LauncherException(Reason.INTERRUPTED, "The JVM is shutting down; the server was not kept", e);
        }
    }

    private void forgetExit() {
        if (exitHook == null || Thread.currentThread().equals(exitHook)) {
            return;
        }
        try {
            Runtime.getRuntime().removeShutdownHook(exitHook);
        } catch (IllegalStateException e) {
            // the JVM is going down and the hook will find this closed
        }
    }
}
