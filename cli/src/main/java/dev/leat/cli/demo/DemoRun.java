package dev.leat.cli.demo;

import dev.leat.api.JobState;
import dev.leat.api.QueueName;
import dev.leat.api.StoreException;
import dev.leat.api.TenantName;
import dev.leat.api.store.Inspect;
import dev.leat.engine.Leat;
import dev.leat.engine.client.EnqueueOptions;
import dev.leat.engine.client.PreparedJobs;
import dev.leat.engine.client.UnconfirmedException;
import dev.leat.launcher.PostgresServer;
import dev.leat.postgres.PostgresStores;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One run over a tree: enqueues its files, has workers run the jobs, shows how far it is, and reports at the end. */
final class DemoRun {
    private static final long LOOK_MILLIS = 250;
    private static final long TRY_AGAIN_MILLIS = 500;

    private final PostgresServer server;
    private final PostgresStores stores;
    private final Inspect inspect;
    private final DemoCommand.Wish wish;
    private final PrintWriter err;
    private final CountDownLatch stop;
    private final AtomicReference<@Nullable Exception> listingFailure = new AtomicReference<>();
    private volatile boolean listed;
    private volatile FileTree.Unlisted unlisted = FileTree.Unlisted.NOTHING;

    DemoRun(PostgresServer server, PostgresStores stores, DemoCommand.Wish wish, PrintWriter err, CountDownLatch stop) {
        this.server = server;
        this.stores = stores;
        this.inspect = stores.jobs().feature(Inspect.class).orElseThrow();
        this.wish = wish;
        this.err = err;
        this.stop = stop;
    }

    /** Returns whether it came to its end, and was not stopped. */
    boolean run(DemoState state, PrintWriter out) throws Exception {
        Path root = new FileName(state.root()).path();
        FileTree tree = new FileTree(root, wish.data());
        listed = state.listed();
        unlisted = state.unlisted();
        long before = Progress.ended(counts());
        Progress progress = new Progress(err, wish.terminal());
        try (Workers workers = new Workers(server, wish.data(), wish.workers(), err)) {
            err.printf(
                    "%s: %d workers (pid %s), data in %s%n",
                    FileName.of(root).shown(), wish.workers(), workers.pids(), wish.data());
            Thread lister = Thread.ofPlatform().name("leat-demo-lister").start(() -> list(tree, state));
            try {
                if (!watch(workers, progress)) {
                    return false;
                }
            } finally {
                progress.end();
                stop.countDown();
                lister.join();
            }
        }
        double seconds = progress.seconds();
        Report report = Report.read(inspect, wish.export());
        long here = Progress.ended(counts()) - before;
        if (wish.json()) {
            out.println(report.json(seconds, here, unlisted));
        } else {
            report.print(out, seconds, here, unlisted);
        }
        return true;
    }

    private boolean watch(Workers workers, Progress progress) throws Exception {
        boolean away = false;
        while (!stop.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            workers.replaceDead();
            Exception failure = listingFailure.get();
            if (failure != null) {
                throw failure;
            }
            try {
                boolean allListed = listed;
                Map<JobState, Long> counts = counts();
                away = false;
                progress.show(counts, allListed);
                if (allListed && counts.keySet().stream().allMatch(JobState::isFinal)) {
                    return true;
                }
            } catch (StoreException e) {
                if (!away) {
                    err.println("PostgreSQL does not answer (" + e.getMessage()
                            + "); if it died it is started again, and the workers go on when it is back");
                }
                away = true;
            }
        }
        return false;
    }

    private Map<JobState, Long> counts() {
        return counts(inspect);
    }

    private static Map<JobState, Long> counts(Inspect inspect) {
        return inspect.counts(TenantName.MAIN, new QueueName(FileSummer.QUEUE));
    }

    /** Whether every job has ended. */
    static boolean isAllEnded(PostgresStores stores) {
        Inspect inspect = stores.jobs().feature(Inspect.class).orElseThrow();
        return counts(inspect).keySet().stream().allMatch(JobState::isFinal);
    }

    private void list(FileTree tree, DemoState state) {
        while (!listed && !listedOnce(tree, state) && !stopped(TRY_AGAIN_MILLIS)) {
            tree.forgetProblems();
        }
    }

    /** False if the database was not there; what is enqueued already is not enqueued again. */
    private boolean listedOnce(FileTree tree, DemoState state) {
        try (Leat leat = Leat.open(stores.jobs(), stores.control())) {
            Set<FileName> known = new HashSet<>();
            Report.forEachFile(inspect, known::add);
            if (tree.forEachBatch(
                    file -> !known.contains(file), batch -> enqueue(leat, batch), () -> stop.getCount() == 0)) {
                unlisted = state.listed(tree.unlisted()).save(stores.control()).unlisted();
                listed = true;
            }
        } catch (StoreException e) {
            err.println("cannot list, and tries again: " + e.getMessage());
            return false;
        } catch (UnconfirmedException e) {
            // Stopped meanwhile; the next run lists again.
            return true;
        } catch (IOException | RuntimeException e) {
            listingFailure.set(e);
        }
        return true;
    }

    /** Goes on trying while the database is down. With the same prepared jobs, so that none is there twice. */
    private void enqueue(Leat leat, List<FileName> batch) {
        PreparedJobs prepared = leat.client().prepare(FileSummer.KIND, batch, EnqueueOptions.DEFAULT);
        while (true) {
            try {
                leat.client().enqueue(prepared);
                return;
            } catch (StoreException | UnconfirmedException e) {
                err.println("cannot enqueue, and tries again: " + e.getMessage());
                if (stopped(TRY_AGAIN_MILLIS)) {
                    throw e;
                }
            }
        }
    }

    private boolean stopped(long millis) {
        try {
            return stop.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
