package dev.leat.verify.torture;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.api.StoreException;
import dev.leat.api.store.Retention;
import dev.leat.engine.Leat;
import dev.leat.engine.work.WorkerConfig;
import dev.leat.verify.history.HistoryFile;
import dev.leat.verify.history.RecordedJobStore;
import dev.leat.verify.history.Recorder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One process of the load, a producer, an operator or a worker: does its part and records it, until its standard input ends. It reads what
 * it is told from there, a line each, and tells how far it is on standard output.
 */
public final class Member {
    static final String READY = "ready";
    static final String AT = "at ";
    static final String ENQUEUED = "enqueued ";
    static final String QUIET = "quiet";
    static final String POISON = "poison";
    static final String AWAIT = "await ";
    static final String LEFT = "left";
    static final String TELL_TIME = "tell-time";
    static final String ASK_KEYS = "ask-keys";
    static final String ANSWER = "answer ";

    static final Duration LEASE = Duration.ofSeconds(6);
    private static final Duration GRACE = Duration.ofSeconds(2);
    private static final int SLOTS = 24;
    /** In a household. */
    private static final int PRODUCERS = 2;

    private static final long TRY_AGAIN_MILLIS = 200;

    private static final WorkerConfig CONFIG = new WorkerConfig(
            Workload.TENANTS,
            Workload.QUEUES,
            SLOTS,
            LEASE,
            Duration.ofMillis(200),
            GRACE,
            8L << 20,
            Retention.DEFAULT);

    private final Life life;
    private final Stores.Opening opening;
    private final PrintStream out;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Gate gate;
    private final List<Producer> producers = new CopyOnWriteArrayList<>();
    private final List<Operator> operators = new CopyOnWriteArrayList<>();
    /** In a household, which nobody else can look into. */
    private volatile @Nullable Rest rest;

    /**
     * Which process it is.
     *
     * @param role what it does
     * @param number tells those of one role apart, from 1
     * @param life how many processes had its place before
     * @param seed of the whole run
     * @param history the folder that its history goes into
     */
    public record Life(Role role, int number, int life, long seed, Path history) {
        /** A name that no other process of the run has. */
        String name() {
            return role.word() + "-" + number + "." + life;
        }
    }

    /** @param out takes lines for whoever started this process */
    public Member(Life life, Stores.Opening opening, PrintStream out) {
        this.life = life;
        this.opening = opening;
        this.out = out;
        gate = new Gate(moment -> say(AT + moment.word()));
    }

    /** Returns when the input has ended, or {@link #stop} was called, and everything is put away. */
    public void run(InputStream in) throws InterruptedException {
        Thread.ofPlatform().daemon().name("leat-torture-told").start(() -> listen(in));
        try (HistoryFile file = HistoryFile.create(life.history(), life.name());
                Stores stores = new Trying(stop, TRY_AGAIN_MILLIS).until(opening::open)) {
            Recorder recorder = new Recorder(life.name(), System::nanoTime, file);
            RecordedJobStore recorded = new RecordedJobStore(
                    new GatedStore(stores.jobs(), gate, EnumSet.complementOf(EnumSet.of(Gate.Moment.BEFORE_SETTLE))),
                    recorder);
            InsistentStore jobs = new InsistentStore(
                    new GatedStore(recorded, gate, EnumSet.of(Gate.Moment.BEFORE_SETTLE)),
                    new SplittableRandom(life.seed() + life.life()));
            try (Leat leat =
                    new Trying(stop, TRY_AGAIN_MILLIS).until(() -> Leat.open(jobs, stores.control(), CONFIG))) {
                work(leat, jobs, new Transactions(stores, recorded, gate), new Rest(stores.jobs(), recorded));
                stores.hurry();
            }
        } catch (Trying.Stopped e) {
            // It was to end before it could begin.
        }
    }

    /** Has {@link #run} come to its end. */
    public void stop() {
        stop.countDown();
    }

    private void work(Leat leat, InsistentStore jobs, Transactions transactions, Rest after)
            throws InterruptedException {
        switch (life.role()) {
            case WORKER -> {
                startWorker(leat, transactions);
                say(READY);
            }
            case PRODUCER -> {
                Producer made = new Producer(life, leat.client(), jobs, transactions, stop);
                producers.add(made);
                say(READY);
                made.run(total -> say(ENQUEUED + total));
                say(QUIET);
            }
            case OPERATOR -> {
                Operator made = new Operator(life, jobs, stop);
                operators.add(made);
                say(READY);
                made.run();
                say(QUIET);
            }
            case HOUSEHOLD -> {
                for (int number = 1; number <= PRODUCERS; number++) {
                    Life of = new Life(life.role(), number, life.life(), life.seed(), life.history());
                    producers.add(new Producer(of, leat.client(), jobs, transactions, stop));
                }
                operators.add(new Operator(life, jobs, stop));
                startWorker(leat, transactions);
                rest = after;
                say(READY);
                runAll();
                say(QUIET);
            }
        }
        stop.await();
    }

    /** Returns when all have come to rest, or this was told to end. */
    private void runAll() throws InterruptedException {
        LongAdder total = new LongAdder();
        List<Thread> threads = new ArrayList<>();
        for (Producer each : producers) {
            AtomicLong told = new AtomicLong();
            threads.add(started(() -> each.run(now -> {
                total.add(now - told.getAndSet(now));
                say(ENQUEUED + total.sum());
            })));
        }
        operators.forEach(each -> threads.add(started(each::run)));
        for (Thread each : threads) {
            each.join();
        }
    }

    private interface Part {
        void run() throws InterruptedException;
    }

    private static Thread started(Part part) {
        return Thread.ofVirtual().start(() -> {
            try {
                part.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void startWorker(Leat leat, Transactions transactions) {
        Workload.KINDS.forEach(kind -> leat.handle(kind, new TaskHandler(gate, transactions)));
        leat.start();
    }

    private void listen(InputStream in) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                told(line);
            }
        } catch (IOException e) {
            say("standard input broke: " + e.getMessage());
        }
        stop();
    }

    private void told(String line) {
        Rest asked = rest;
        if (line.startsWith(AWAIT)) {
            gate.awaits(Gate.Moment.of(line.substring(AWAIT.length())));
        } else if (line.equals(POISON)) {
            producers.forEach(Producer::poison);
        } else if (line.equals(QUIET)) {
            producers.forEach(Producer::quiet);
            operators.forEach(Operator::quiet);
        } else if (asked != null) {
            say(ANSWER + asked.answer(line));
        }
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }

    /** Does something over and over until the store lets it. */
    record Trying(CountDownLatch stop, long pauseMillis) {
        <T> T until(java.util.function.Supplier<T> call) throws InterruptedException {
            while (true) {
                try {
                    return call.get();
                } catch (StoreException e) {
                    if (stop.await(pauseMillis, TimeUnit.MILLISECONDS)) {
                        throw new Stopped(e);
                    }
                }
            }
        }

        /** It was told to stop trying. */
        static final class Stopped extends RuntimeException {
            private static final long serialVersionUID = 1L;

            Stopped(StoreException cause) {
                super(cause);
            }
        }
    }
}
