package dev.leat.ids;

import dev.leat.api.StoreException;
import dev.leat.engine.id.IdRun;
import dev.leat.engine.id.MonotonicClock;
import dev.leat.engine.id.NodeLease;
import dev.leat.engine.id.NodeRecord;
import dev.leat.engine.id.NodeSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * A process that makes ids as fast as it may, by clocks that are wrong, until its standard input ends. Every few seconds it
 * starts again as a new node, and half the time leaves its number without giving it back. Each run is in its
 * file (first value and count) before the next is taken, so that kill -9 hides none but perhaps the last.
 */
final class IdProcess {
    /** Written when this process starts as a new node, whose ids need not be greater than those before. */
    static final IdRun NEW_NODE = new IdRun(0, 0);

    static final int BYTES_PER_RUN = Long.BYTES + Integer.BYTES;

    private static final int DUTY_MILLIS = 50;
    private static final NodeSettings SETTINGS = new NodeSettings(
            new NodeRecord.Metadata("child", ProcessHandle.current().pid(), "test"),
            Duration.ofSeconds(5),
            Duration.ofMillis(200));

    private final Random random;
    private final JumpingClock clock;
    private final AtomicReference<Duration> storeError = new AtomicReference<>(Duration.ZERO);
    /** How many more duties to leave out; only the duty's thread knows. */
    private int standsStill;

    private final CountDownLatch stop = new CountDownLatch(1);

    private IdProcess(long seed) {
        this.random = new Random(seed);
        this.clock = new JumpingClock(0.8 + 0.4 * random.nextDouble());
    }

    /** Arguments: a file, a seed, and the words that tell {@link SharedStore} what to open. */
    public static void main(String[] args) throws IOException, InterruptedException {
        IdProcess process = new IdProcess(Long.parseLong(args[1]));
        Thread.ofPlatform().daemon().start(process::awaitEndOfInput);
        List<String> words = List.of(args).subList(2, args.length);
        try (SharedStore store =
                        process.untilItCan(() -> SharedStore.open(words)).orElseThrow();
                OutputStream file = Files.newOutputStream(Path.of(args[0]))) {
            process.run(new JumpingControlStore(store.control(), process.storeError), file);
        }
    }

    private void awaitEndOfInput() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // The parent is gone, which says the same.
        }
        stop.countDown();
    }

    private void run(JumpingControlStore store, OutputStream file) throws IOException, InterruptedException {
        try (ScheduledExecutorService duties = Executors.newSingleThreadScheduledExecutor()) {
            while (stop.getCount() > 0) {
                write(file, NEW_NODE);
                Optional<NodeLease> lease = untilItCan(() -> NodeLease.acquire(store, clock, SETTINGS));
                if (lease.isPresent()) {
                    liveAsNode(lease.get(), duties, file);
                }
            }
        }
    }

    private void liveAsNode(NodeLease lease, ScheduledExecutorService duties, OutputStream file) throws IOException {
        Future<?> duty = duties.scheduleWithFixedDelay(() -> duty(lease), 0, DUTY_MILLIS, TimeUnit.MILLISECONDS);
        makeIds(lease, duty, file);
        duty.cancel(false);
        if (random.nextBoolean() || stop.getCount() == 0) {
            lease.close();
        }
    }

    /** For a few seconds, as a node that is soon restarted. */
    private void makeIds(NodeLease lease, Future<?> duty, OutputStream file) throws IOException {
        long end = MonotonicClock.SYSTEM.nanoTime() + TimeUnit.MILLISECONDS.toNanos(random.nextInt(10_000));
        while (stop.getCount() > 0 && MonotonicClock.SYSTEM.nanoTime() - end < 0) {
            if (duty.state() == Future.State.FAILED) {
                throw new IllegalStateException(duty.exceptionNow());
            }
            try {
                write(file, lease.ids().next(1 + random.nextInt(100_000)));
            } catch (StoreException e) {
                // With clocks that are wrong it often has no right to make any; the duty goes on trying.
            }
        }
    }

    private static void write(OutputStream file, IdRun run) throws IOException {
        file.write(ByteBuffer.allocate(BYTES_PER_RUN)
                .putLong(run.firstValue())
                .putInt(run.count())
                .array());
    }

    /** On a busy machine a store may be slow to open, and a number to become free. */
    private <T> Optional<T> untilItCan(Supplier<T> what) throws InterruptedException {
        do {
            try {
                return Optional.of(what.get());
            } catch (StoreException e) {
                seeAnotherStoreTime();
            }
        } while (!stop.await(200, TimeUnit.MILLISECONDS));
        return Optional.empty();
    }

    private void seeAnotherStoreTime() {
        storeError.set(Duration.ofMillis(random.nextInt(20_000) - 10_000));
    }

    private void duty(NodeLease lease) {
        if (standsStill > 0) {
            standsStill--;
            return;
        }
        switch (random.nextInt(200)) {
            case 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 -> clock.jump(Duration.ofMillis(random.nextInt(60_000) - 30_000));
            case 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 -> seeAnotherStoreTime();
            // For longer than its lease, while it goes on to take ids.
            case 20 -> standsStill = (int) (1.5 * SETTINGS.lease().toMillis() / DUTY_MILLIS);
            default -> {}
        }
        try {
            lease.doWork();
        } catch (StoreException e) {
            // No number is free by the time this process sees; the next call tries again.
        }
    }
}
