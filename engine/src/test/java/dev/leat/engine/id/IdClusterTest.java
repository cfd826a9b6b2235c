package dev.leat.engine.id;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.StoreException;
import dev.leat.api.control.ControlRecord;
import dev.leat.api.control.ControlStore;
import dev.leat.api.control.RecordKey;
import dev.leat.engine.codec.Json;
import dev.leat.engine.id.FaultyControlStore.Fault;
import dev.leat.engine.memory.InMemoryControlStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Eight nodes over one control store with only ten numbers, so that numbers pass from hand to hand, while clocks
 * jump by hours, messages are lost, and nodes stand still, crash and come back.
 */
@Timeout(120)
class IdClusterTest {
    private static final int NODES = 8;
    private static final int NUMBERS = 10;
    private static final List<Fault> FAULTS = List.of(Fault.values());
    /** Whoever waits makes the time pass for all. */
    private static final NodeSettings IMPATIENT =
            new NodeSettings(IdSourceTest.SETTINGS.metadata(), Duration.ofSeconds(60), Duration.ofMillis(1_500));

    enum Clocks {
        /** All tell the same time. */
        RIGHT,
        /** Each node's own clock jumps as it likes. */
        NODES_JUMP,
        /** The store's clock jumps too. */
        ALL_JUMP
    }

    private static final class Node {
        final FakeTime.NodeClock clock;
        final ControlStore store;
        final Random random;
        Fault always = Fault.NONE;
        int faultsOfTen;
        NodeLease lease;
        long last;

        Node(FakeTime time, ControlStore shared, Random random) {
            this.clock = time.nodeClock();
            this.random = random;
            this.store = new FaultyControlStore(shared, method -> fault());
        }

        private Fault fault() {
            return random.nextInt(10) < faultsOfTen ? FAULTS.get(random.nextInt(FAULTS.size())) : always;
        }

        /** Ids that a caller of this process got; those of another process need not be greater. */
        void start() {
            try {
                lease = NodeLease.acquire(store, clock, IMPATIENT, NUMBERS, random);
                last = 0;
            } catch (StoreException e) {
                lease = null;
            }
        }

        void work() {
            try {
                lease.doWork();
            } catch (StoreException e) {
                // The runner of this duty would count it.
            }
        }

        /** Null if no id could be made. */
        IdRun take(int count) {
            try {
                IdRun run = lease.ids().next(count);
                assertThat(run.firstValue()).isGreaterThan(last);
                assertThat(run.count()).isEqualTo(count);
                last = run.last().value();
                return run;
            } catch (StoreException e) {
                assertThat(e.effect()).isEqualTo(StoreException.Effect.NONE);
                return null;
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void makesNoIdTwiceAndNoneOutsideItsLease(Clocks clocks) {
        int made = 0;
        for (int seed = 0; seed < 150; seed++) {
            Random random = new Random(seed);
            FakeTime time = new FakeTime();
            ControlStore store = new InMemoryControlStore(time);
            List<Node> nodes = new ArrayList<>();
            for (int n = 0; n < NODES; n++) {
                nodes.add(new Node(time, store, random));
            }
            // Leases of dead or stopped processes: whoever still uses one of them must be harmless.
            List<Node> ghosts = new ArrayList<>();
            RunLog log = new RunLog();
            for (int step = 0; step < 600; step++) {
                Node node = nodes.get(random.nextInt(NODES));
                if (node.lease == null) {
                    node.start();
                }
                if (node.lease == null) {
                    time.advance(Duration.ofSeconds(random.nextInt(40)));
                    continue;
                }
                switch (random.nextInt(16)) {
                    case 0 -> time.advance(Duration.ofSeconds(random.nextInt(100)));
                    case 1 -> jumps(clocks, node, time, random);
                    case 2 -> node.always = FAULTS.get(random.nextInt(FAULTS.size()));
                    case 3 -> node.faultsOfTen = random.nextInt(6);
                    case 4 -> node.always = Fault.NONE;
                    case 5 -> {
                        int index = nodes.indexOf(node);
                        if (random.nextBoolean()) {
                            node.lease.close();
                        }
                        ghosts.add(node);
                        nodes.set(index, new Node(time, store, random));
                    }
                    case 6, 7, 8 -> node.work();
                    case 9 -> {
                        Node ghost = ghosts.isEmpty() ? node : ghosts.get(random.nextInt(ghosts.size()));
                        made += takeAndCheck(ghost, log, store, time, clocks, random);
                    }
                    default -> made += takeAndCheck(node, log, store, time, clocks, random);
                }
                time.advance(Duration.ofMillis(random.nextInt(3_000)));
            }
            log.assertDistinct();
        }
        assertThat(made).as("enough happened").isGreaterThan(5_000);
    }

    private static int takeAndCheck(
            Node node, RunLog log, ControlStore store, FakeTime time, Clocks clocks, Random random) {
        IdRun run = node.take(1 + random.nextInt(random.nextInt(4) == 0 ? IdSource.MOST : 100));
        if (run == null) {
            return 0;
        }
        log.add(run);
        long second = run.first().second();
        ControlRecord record = store.get(key(run.first().node())).orElseThrow();
        assertThat(second)
                .as("behind what the store knows")
                .isLessThanOrEqualTo(
                        Json.STRICT.read(record.value(), NodeRecord.class).until());
        if (clocks == Clocks.RIGHT) {
            assertThat(second).isBetween(time.second() - 60, time.second() + 2);
        }
        return 1;
    }

    private static void jumps(Clocks clocks, Node node, FakeTime time, Random random) {
        int seconds = random.nextInt(random.nextBoolean() ? 20 : 20_000) + 1;
        Duration by = Duration.ofSeconds(random.nextBoolean() ? seconds : -seconds);
        switch (clocks) {
            case RIGHT -> {}
            case NODES_JUMP -> node.clock.jump(by);
            case ALL_JUMP -> {
                node.clock.jump(by);
                if (random.nextInt(3) == 0) {
                    time.jumpStore(by.negated());
                }
            }
        }
    }

    /** Threads, waiting, signals and takeovers at the same time. */
    @Test
    void makesNoIdTwiceWhenEightNodesRunAtOnce() throws Exception {
        FakeTime time = new FakeTime();
        ControlStore store = new InMemoryControlStore(time);
        RunLog log = new RunLog();
        AtomicInteger made = new AtomicInteger();
        try (ExecutorService pool = Executors.newFixedThreadPool(NODES)) {
            List<Callable<Boolean>> nodes = new ArrayList<>();
            for (int n = 0; n < NODES; n++) {
                Random random = new Random(n);
                nodes.add(() -> {
                    Node node = new Node(time, store, random);
                    for (int step = 0; step < 10_000; step++) {
                        if (node.lease == null) {
                            node.start();
                        } else if (random.nextInt(50) == 0) {
                            if (random.nextBoolean()) {
                                node.lease.close();
                            }
                            node.start();
                        } else if (random.nextInt(20) == 0) {
                            node.faultsOfTen = random.nextInt(4);
                            jumps(Clocks.NODES_JUMP, node, time, random);
                            // By hours and back all ten numbers would be taken for hours: safe, but then nothing
                            // happens.
                            time.jumpStore(Duration.ofSeconds(random.nextInt(21) - 10));
                        } else if (random.nextInt(3) == 0) {
                            node.work();
                        } else {
                            IdRun run = node.take(1 + random.nextInt(2_000));
                            if (run != null) {
                                made.incrementAndGet();
                                log.add(run);
                            }
                        }
                        time.advance(Duration.ofMillis(random.nextInt(300)));
                    }
                    return true;
                });
            }
            for (Future<Boolean> node : pool.invokeAll(nodes)) {
                assertThat(node.get()).isTrue();
            }
        }
        assertThat(made.get()).isGreaterThan(1_000);
        log.assertDistinct();
    }

    private static RecordKey key(int number) {
        return new RecordKey(NodeLease.SPACE, String.format(Locale.ROOT, "%04d", number));
    }
}
