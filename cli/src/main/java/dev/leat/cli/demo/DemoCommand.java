package dev.leat.cli.demo;

import dev.leat.cli.screen.AtExit;
import dev.leat.cli.screen.Terminal;
import dev.leat.cli.settings.DataFolder;
import dev.leat.launcher.PostgresServer;
import dev.leat.launcher.PostgresServerConfig;
import dev.leat.launcher.PostgresWatch;
import dev.leat.postgres.PostgresConfig;
import dev.leat.postgres.PostgresStores;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code leat demo}: sees to it that one run at a time uses a data directory, and that it can be gone on with. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Hashes every file of a directory tree, by one durable job each.",
            "Starts a PostgreSQL of its own and separate worker processes. Kill any of them, or all, with kill -9, and"
                    + " go on with --resume: each file still ends with exactly one result."
        },
        footer = {"", "Example:", "  leat demo /usr/share/doc --export sums.jsonl"})
public final class DemoCommand implements Callable<Integer> {
    private static final int STOPPED = 130;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it before it calls anything
    private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "DIR", description = "The tree. Links are not followed.")
    private @Nullable Path directory;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where the state is kept (default: ~/.local/state/leat/demo).")
    private @Nullable Path data;

    @Option(names = "--export", paramLabel = "FILE", description = "Write one JSON line per file.")
    private @Nullable Path export;

    @Option(
            names = "--workers",
            paramLabel = "N",
            defaultValue = "2",
            description = "Worker processes, 1 to 64 (default: 2).")
    private int workers;

    @Option(names = "--resume", description = "Go on with the run that was interrupted.")
    private boolean resume;

    @Option(names = "--fresh", description = "Give up the run that was interrupted, and start anew.")
    private boolean fresh;

    @Option(names = "--json", description = "Print the summary as JSON.")
    private boolean json;

    /**
     * What was asked for, checked.
     *
     * @param data where state and logs are kept
     */
    record Wish(Path data, @Nullable Path export, int workers, boolean json, boolean terminal) {}

    @Override
    public Integer call() throws Exception {
        Wish wish = checked();
        try (DataFolder taken = DataFolder.taken(wish.data(), "demo")) {
            return locked(wish);
        }
    }

    private Wish checked() throws IOException {
        if (workers < 1 || workers > 64) {
            throw refused("--workers is " + workers + "; allowed: a whole number from 1 to 64");
        }
        if (resume && fresh) {
            throw refused("--resume and --fresh exclude each other");
        }
        if (directory == null && !resume) {
            throw refused("DIR is missing; say which tree to read, or --resume to go on");
        }
        if (directory != null && !Files.isDirectory(directory)) {
            throw refused("DIR is " + directory + ", which is no directory");
        }
        if (directory != null && !Files.isReadable(directory)) {
            throw refused("DIR is " + directory + ", which may not be read");
        }
        Path file = export == null ? null : export.toAbsolutePath().normalize();
        if (file != null && !canExport(file)) {
            throw refused(
                    "--export is " + file + "; allowed: a new or regular file in a directory that may be written");
        }
        Path kept = data == null ? DataFolder.standard("demo") : data;
        Files.createDirectories(kept);
        return new Wish(kept.toRealPath(), file, workers, json, Terminal.isWatched());
    }

    /** The export is written beside its place and then moved there, so what is there must be ours to replace. */
    private static boolean canExport(Path file) {
        Path folder = file.resolveSibling("");
        boolean free =
                !Files.exists(file, LinkOption.NOFOLLOW_LINKS) || Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
        return free && Files.isDirectory(folder) && Files.isWritable(folder);
    }

    private ParameterException refused(String problem) {
        return new ParameterException(spec.commandLine(), problem);
    }

    private int locked(Wish wish) throws Exception {
        PrintWriter err = spec.commandLine().getErr();
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch finished = new CountDownLatch(1);
        try (AtExit _ = AtExit.does("leat-demo-stop", () -> stopAndWait(stop, finished));
                PostgresServer server = PostgresServer.start(
                        PostgresServerConfig.at(wish.data().resolve("postgres")).withStopOnExit(false));
                PostgresWatch _ = server.watch();
                PostgresStores stores = opened(server)) {
            DemoState state = state(stores, wish);
            boolean complete = new DemoRun(server, stores, wish, err, stop)
                    .run(state, spec.commandLine().getOut());
            if (!complete) {
                err.println("stopped; go on with: leat demo --resume --data " + wish.data());
            }
            return complete ? 0 : STOPPED;
        } finally {
            finished.countDown();
        }
    }

    /** Stores on an empty schema if nothing is to be gone on with. */
    private PostgresStores opened(PostgresServer server) throws SQLException {
        PostgresConfig config = PostgresConfig.of(server.url(), server.user(), server.password());
        PostgresStores stores = PostgresStores.open(config);
        Optional<DemoState> last = DemoState.load(stores.control());
        if (resume || last.isEmpty()) {
            return stores;
        }
        if (!fresh && !isFinished(stores, last.get())) {
            stores.close();
            throw refused("the run over " + new FileName(last.get().root()).shown()
                    + " was interrupted; go on with --resume, or start anew with --fresh");
        }
        stores.close();
        try (Connection connection = DriverManager.getConnection(server.url(), server.user(), server.password());
                Statement statement = connection.createStatement()) {
            statement.execute("drop schema " + config.schema() + " cascade");
        }
        return PostgresStores.open(config);
    }

    private static boolean isFinished(PostgresStores stores, DemoState state) {
        return state.listed() && DemoRun.isAllEnded(stores);
    }

    private DemoState state(PostgresStores stores, Wish wish) throws IOException {
        Optional<DemoState> last = DemoState.load(stores.control());
        String root =
                directory == null ? null : FileName.of(absolute(directory)).encoded();
        if (last.isEmpty()) {
            if (resume || root == null) {
                throw refused("there is no run to go on with in " + wish.data() + "; start one with: leat demo DIR");
            }
            return DemoState.of(root).save(stores.control());
        }
        if (root != null && !root.equals(last.get().root())) {
            throw refused("the run in " + wish.data() + " is over "
                    + new FileName(last.get().root()).shown() + "; leave DIR out, or name that one");
        }
        Path kept = new FileName(last.get().root()).path();
        if (!last.get().listed() && !Files.isDirectory(kept)) {
            throw refused("the run in " + wish.data() + " is over "
                    + FileName.of(kept).shown()
                    + ", which is not there now; bring it back, or start anew with --fresh");
        }
        return last.get();
    }

    /** As the caller wrote it if that can be made absolute by itself, so that the names of the files are as expected. */
    private static Path absolute(Path directory) throws IOException {
        Path normal = directory.toAbsolutePath().normalize();
        return Files.isSameFile(normal, directory) && !Files.isSymbolicLink(normal) ? normal : directory.toRealPath();
    }

    private static void stopAndWait(CountDownLatch stop, CountDownLatch finished) {
        stop.countDown();
        try {
            finished.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
