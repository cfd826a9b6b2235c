package dev.leat.verify.torture;

import dev.leat.api.JobState;
import dev.leat.verify.faults.FaultProxy;
import dev.leat.verify.history.HistoryFile;
import dev.leat.verify.history.RecordedJobStore;
import dev.leat.verify.history.Recorder;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

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

    private final StorePlace place;
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
         * @param port on 127.0.0.1, by which it reaches the store's server; 0 if there is none
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
    public Torture(StorePlace place, Launch launch, Wish wish, CountDownLatch stop) {
        this.place = place;
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
        try (HistoryFile file = HistoryFile.create(wish.history(), "torture")) {
            Recorder recorder = new Recorder("torture", System::nanoTime, file);
            Marks marks = new Marks(file);
            if (place instanceof StoreServer) {
                loadOfMany(recorder, marks, progress);
            } else {
                loadOfHousehold(marks, progress);
            }
            try (Stores stores = place.open()) {
                FinalState state = new FinalState(stores.jobs(), recorder);
                state.record(wish.history());
                if (stores.database().isPresent()) {
                    try (Connection connection = stores.database().get().connect()) {
                        state.rows(Rows.all(connection));
                    }
                }
            }
        } catch (SQLException e) {
            throw new TortureException("the rows of handlers could not be kept or read: " + e.getMessage());
        }
        return new Result(Judgement.of(wish.history(), SLACK), complaints);
    }

    private void loadOfMany(Recorder recorder, Marks marks, Consumer<Progress> progress)
            throws InterruptedException, SQLException {
        try (Stores stores = place.open()) {
            if (stores.database().isPresent()) {
                try (Connection connection = stores.database().get().connect()) {
                    Rows.create(connection);
                }
            }
            Rest rest = new Rest(stores.jobs(), new RecordedJobStore(stores.jobs(), recorder));
            Ending ending = new Ending(rest::left, rest::tellTime, rest::askKeys);
            load(
                    Map.of(Role.PRODUCER, PRODUCERS, Role.OPERATOR, OPERATORS, Role.WORKER, WORKERS),
                    marks,
                    progress,
                    children -> ending);
        }
    }

    private void loadOfHousehold(Marks marks, Consumer<Progress> progress) throws InterruptedException {
        load(Map.of(Role.HOUSEHOLD, 1), marks, progress, children -> {
            Child household = children.getFirst();
            return new Ending(
                    () -> Rest.left(household.answer(Member.LEFT)),
                    () -> household.answer(Member.TELL_TIME),
                    () -> household.answer(Member.ASK_KEYS));
        });
    }

    /** What is asked of the store when nothing is enqueued any more. */
    private record Ending(Supplier<Set<JobState>> left, Runnable tellTime, Runnable askKeys) {}

    private void load(
            Map<Role, Integer> roles, Marks marks, Consumer<Progress> progress, Function<List<Child>, Ending> ending)
            throws InterruptedException {
        List<Child> children = new ArrayList<>();
        Workers workers = new Workers(marks);
        try {
            requireGoingOn();
            for (Role role : Role.values()) {
                start(children, role, roles.getOrDefault(role, 0), marks, workers);
            }
            for (Child child : children) {
                require(child.awaitReady(START_SECONDS), child.name() + " did not start; see its log");
            }
            Watch watch = new Watch(children, marks, progress);
            Thread watching = Thread.ofVirtual().start(watch);
            try {
                long end = System.nanoTime() + wish.length().toNanos();
                new Injector(place, children, marks, complaints::add, stop).run(wish.schedule());
                stop.await(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
                requireGoingOn();
                watch.phase = "ending";
                quieten(children);
                Ending asked = ending.apply(children);
                drain(asked);
                // Beyond every window.
                place.forward(Duration.ofSeconds(10));
                asked.tellTime.run();
                drain(asked);
                asked.askKeys.run();
                drain(asked);
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
            int mine = number;
            Optional<FaultProxy> proxy =
                    place instanceof StoreServer server ? server.address().map(FaultProxy::to) : Optional.empty();
            int port = proxy.map(FaultProxy::port).orElse(0);
            children.add(new Child(
                    role,
                    mine,
                    proxy,
                    (lives, skew) ->
                            launch.start(new Member.Life(role, mine, lives, wish.seed(), wish.history()), port, skew),
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

    private void drain(Ending ending) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DRAIN_SECONDS);
        for (Set<JobState> left = ending.left.get(); !left.isEmpty(); left = ending.left.get()) {
            if (System.nanoTime() > end) {
                // What is in the histories by now is judged all the same.
                complaints.addFirst("after everything was mended, jobs did not come to their ends within "
                        + DRAIN_SECONDS + " s; there are still such that are " + left);
                return;
            }
            if (left.stream().allMatch(state -> state == JobState.SCHEDULED || state == JobState.RETRYABLE)) {
                place.forward(SOONER);
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
