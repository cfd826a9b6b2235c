package dev.leat.verify.torture;

import dev.leat.api.JobState;
import dev.leat.api.StoreException;
import dev.leat.api.store.Inspect;
import dev.leat.verify.faults.FaultProxy;
import dev.leat.verify.history.HistoryFile;
import dev.leat.verify.history.RecordedJobStore;
import dev.leat.verify.history.Recorder;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Load and faults on one store: processes enqueue and run jobs while a schedule of faults goes on, then everything is mended,
 * all jobs come to their end, and what was recorded is judged.
 */
public final class Torture {
    /** In time without faults, after its lease: what a dead worker's job may wait. */
    public static final Duration SLACK = Duration.ofSeconds(6);

    private static final int PRODUCERS = 2;
    private static final int OPERATORS = 1;
    private static final int WORKERS = 3;
    private static final long START_SECONDS = 90;
    private static final long QUIET_SECONDS = 120;
    private static final long DRAIN_SECONDS = 600;
    private static final long LOOK_MILLIS = 250;
    /** How much sooner what is scheduled comes due, at each look. */
    private static final Duration SOONER = Duration.ofSeconds(2);

    private final StoreServer server;
    private final Launch launch;
    private final Wish wish;
    private final CountDownLatch stop;
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    /**
     * What is asked for.
     *
     * @param history a folder, empty
     * @param length of the load
     */
    public record Wish(Path history, Duration length, long seed, Schedule schedule) {}

    /** How a process of the load is started. */
    @FunctionalInterface
    public interface Launch {
        /**
         * Starts it; its input and output must be pipes to this process.
         *
         * @param port on 127.0.0.1, by which it reaches the store
         * @param skew how far its wall clock is ahead of the machine's, or behind if negative
         */
        Process start(Member.Life life, int port, Duration skew);
    }

    /**
     * What came of it.
     *
     * @param complaints of what went wrong besides, such as a process that ended by itself
     */
    public record Result(Judgement judgement, List<String> complaints) {
        public Result {
            complaints = List.copyOf(complaints);
        }

        /** Whether every promise was kept, and nothing else went wrong. */
        public boolean holds() {
            return judgement.verdict().holds() && complaints.isEmpty();
        }
    }

    /**
     * How far it is.
     *
     * @param jobs enqueued
     * @param faults done
     * @param broken what is so now
     */
    public record Progress(String phase, long jobs, long faults, List<String> broken) {}

    /** It could not come to its end, and nothing can be said of any promise. */
    public static final class TortureException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TortureException(String message) {
            super(message);
        }
    }

    /**
     * A run to be made.
     *
     * @param stop opened to end it early
     */
    public Torture(StoreServer server, Launch launch, Wish wish, CountDownLatch stop) {
        this.server = server;
        this.launch = launch;
        this.wish = wish;
        this.stop = stop;
    }

    /**
     * Runs it.
     *
     * @param progress told now and then
     * @throws TortureException if it was stopped, or a process did not start or come to rest
     */
    public Result run(Consumer<Progress> progress) throws InterruptedException {
        try (HistoryFile file = HistoryFile.create(wish.history(), "torture");
                Stores stores = server.open()) {
            Recorder recorder = new Recorder("torture", System::nanoTime, file);
            try (Connection connection = stores.connect()) {
                Rows.create(connection);
            }
            load(stores, new KeysAtEnd(new RecordedJobStore(stores.jobs(), recorder)), new Marks(file), progress);
            FinalState state = new FinalState(stores.jobs(), recorder);
            state.record(wish.history());
            try (Connection connection = stores.connect()) {
                state.rows(Rows.all(connection));
            }
        } catch (SQLException e) {
            throw new TortureException("the rows of handlers could not be kept or read: " + e.getMessage());
        }
        return new Result(Judgement.of(wish.history(), SLACK), complaints);
    }

    private void load(Stores stores, KeysAtEnd keys, Marks marks, Consumer<Progress> progress)
            throws InterruptedException {
        List<Child> children = new ArrayList<>();
        Workers workers = new Workers(marks);
        try {
            start(children, Role.PRODUCER, PRODUCERS, marks, workers);
            start(children, Role.OPERATOR, OPERATORS, marks, workers);
            start(children, Role.WORKER, WORKERS, marks, workers);
            for (Child child : children) {
                require(child.awaitReady(START_SECONDS), child.name() + " did not start; see its log");
            }
            Watch watch = new Watch(children, marks, progress);
            Thread watching = Thread.ofVirtual().start(watch);
            try {
                long end = System.nanoTime() + wish.length().toNanos();
                new Injector(server, children, marks, complaints::add, stop).run(wish.schedule());
                stop.await(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
                requireGoingOn();
                watch.phase = "ending";
                quieten(children);
                drain(stores);
                // Beyond every window.
                server.forward(Duration.ofSeconds(10));
                keys.tellTime();
                drain(stores);
                keys.ask();
                drain(stores);
            } finally {
                watching.interrupt();
                watching.join();
            }
        } finally {
            children.forEach(Child::letGo);
            children.forEach(Child::close);
        }
    }

    private void start(List<Child> children, Role role, int count, Marks marks, Workers workers) {
        for (int number = 1; number <= count; number++) {
            int place = number;
            FaultProxy proxy = FaultProxy.to(server.address());
            children.add(new Child(
                    role,
                    place,
                    proxy,
                    (lives, skew) -> launch.start(
                            new Member.Life(role, place, lives, wish.seed(), wish.history()), proxy.port(), skew),
                    marks,
                    workers,
                    complaints::add));
        }
    }

    private void quieten(List<Child> children) throws InterruptedException {
        for (Child child : children) {
            if (child.role() != Role.WORKER) {
                child.awaitReady(START_SECONDS);
                require(child.quieten(QUIET_SECONDS), child.name() + " does not come to an end; see its log");
            }
        }
    }

    private void drain(Stores stores) throws InterruptedException {
        Inspect inspect = stores.jobs().feature(Inspect.class).orElseThrow();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DRAIN_SECONDS);
        for (Map<JobState, Long> left = left(inspect); !left.isEmpty(); left = left(inspect)) {
            if (System.nanoTime() > end) {
                // What is in the histories by now is judged all the same.
                complaints.addFirst("after everything was mended, jobs did not come to their ends within "
                        + DRAIN_SECONDS + " s; there are still " + left);
                return;
            }
            if (left.keySet().stream().allMatch(state -> state == JobState.SCHEDULED || state == JobState.RETRYABLE)) {
                server.forward(SOONER);
            }
            stop.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            requireGoingOn();
        }
    }

    private void requireGoingOn() {
        require(stop.getCount() > 0, "stopped");
    }

    private void require(boolean condition, String otherwise) {
        if (!condition) {
            complaints.addFirst(otherwise);
            throw new TortureException(String.join("\n", complaints));
        }
    }

    /** Jobs that have not ended, by their states. */
    private static Map<JobState, Long> left(Inspect inspect) {
        Map<JobState, Long> left = new EnumMap<>(JobState.class);
        try {
            Workload.TENANTS.forEach(tenant -> inspect.counts(tenant).forEach((state, count) -> {
                if (!state.isFinal() && count > 0) {
                    left.merge(state, count, Long::sum);
                }
            }));
        } catch (StoreException e) {
            // A connection of before the last fault. It is not over as long as nobody knows.
            left.put(JobState.RUNNING, 0L);
        }
        return left;
    }

    /** Tells how far it is. */
    private static final class Watch implements Runnable {
        private final List<Child> children;
        private final Marks marks;
        private final Consumer<Progress> progress;
        private volatile String phase = "load";

        Watch(List<Child> children, Marks marks, Consumer<Progress> progress) {
            this.children = children;
            this.marks = marks;
            this.progress = progress;
        }

        @Override
        public void run() {
            try {
                while (!new CountDownLatch(1).await(1, TimeUnit.SECONDS)) {
                    long jobs = children.stream().mapToLong(Child::enqueued).sum();
                    progress.accept(new Progress(phase, jobs, marks.faults(), marks.now()));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
