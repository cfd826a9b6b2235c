package dev.leat.verify.torture;

import dev.leat.verify.faults.ActiveFault;
import dev.leat.verify.faults.NetworkFault;
import dev.leat.verify.torture.Schedule.Planned;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** Breaks what a schedule says, when it says, and mends it again. */
final class Injector {
    private static final long READY_SECONDS = 10;
    private static final long MOMENT_SECONDS = 4;
    private static final Duration MOST_SKEW = Duration.ofHours(3);
    private static final int LONGEST_JUMP_MILLIS = 30_000;

    private final StorePlace place;
    private final List<Child> children;
    private final Marks marks;
    private final Consumer<String> complaints;
    private final CountDownLatch stop;
    private final ReentrantLock serverBusy = new ReentrantLock();

    /** @param stop when it is open nothing more is broken, and what is, is mended at once */
    Injector(StorePlace place, List<Child> children, Marks marks, Consumer<String> complaints, CountDownLatch stop) {
        this.place = place;
        this.children = children;
        this.marks = marks;
        this.complaints = complaints;
        this.stop = stop;
    }

    /** Returns when the last fault is mended. */
    void run(Schedule schedule) throws InterruptedException {
        long start = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (Planned planned : schedule.faults()) {
            if (stop.await(start + planned.at().toNanos() - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                break;
            }
            threads.add(Thread.ofVirtual()
                    .name("leat-torture-" + planned.kind().word())
                    .start(() -> inject(planned)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void inject(Planned planned) {
        try {
            if (planned.kind().isOfServer()) {
                serverBusy.lockInterruptibly();
                try {
                    onServer(planned);
                } finally {
                    serverBusy.unlock();
                }
            } else {
                Child child = taken(planned);
                try {
                    onChild(planned, child);
                } finally {
                    child.busy.unlock();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            complaints.accept(planned.kind().word() + " could not be done: " + e);
        }
    }

    /** The one that is meant, or the next that nothing else is being done to. */
    private Child taken(Planned planned) throws InterruptedException {
        List<Child> possible = children.stream()
                .filter(child -> planned.kind().concerns(child.role()))
                .toList();
        for (int i = 0; i < possible.size(); i++) {
            Child child = possible.get((planned.victim() + i) % possible.size());
            if (child.busy.tryLock()) {
                return child;
            }
        }
        Child child = possible.get(planned.victim() % possible.size());
        child.busy.lockInterruptibly();
        return child;
    }

    private void onServer(Planned planned) throws InterruptedException {
        try (Marks.Mark mark = marks.broken("server", planned.kind().word())) {
            switch (planned.kind()) {
                case SERVER_KILL -> {
                    server().kill();
                    last(planned.lasting());
                    server().restart();
                }
                case BACKEND_KILL -> server().killBackend();
                case SERVER_STOP -> {
                    try (Suspension standing = Suspension.of(server().processes())) {
                        last(planned.lasting());
                    }
                }
                case POWER_CUT -> powerCut();
                case FULL_DISK -> {
                    try (ActiveFault full = place.fillDisk()) {
                        last(planned.lasting());
                    }
                }
                case CLOCK -> place.forward(Duration.ofMillis((long) LONGEST_JUMP_MILLIS * planned.size() / 1_000));
                default -> throw new IllegalStateException(planned.kind().word());
            }
        }
    }

    private StoreServer server() {
        if (place instanceof StoreServer server) {
            return server;
        }
        throw new IllegalStateException("there is no server; impossible() says so");
    }

    /** Where the store is part of a process, that ends with the power. */
    private void powerCut() throws InterruptedException {
        if (place instanceof StoreServer) {
            place.powerCut();
            return;
        }
        Child household = children.getFirst();
        household.busy.lockInterruptibly();
        try {
            household.killedBy(FaultKind.KILL, place::powerCut);
        } finally {
            household.busy.unlock();
        }
    }

    private void onChild(Planned planned, Child child) throws InterruptedException {
        boolean ready = child.awaitReady(READY_SECONDS);
        Optional<NetworkFault> network = planned.kind().network(planned.size());
        if (network.isPresent()) {
            try (Marks.Mark mark = marks.broken(child.name(), planned.kind().word());
                    ActiveFault fault = child.proxy().inject(network.get())) {
                last(planned.lasting());
            }
            return;
        }
        if (planned.kind().moment().isPresent()) {
            boolean reached = ready && child.awaits(planned.kind().moment().get(), MOMENT_SECONDS);
            child.kill(reached ? planned.kind().word() : FaultKind.KILL);
            return;
        }
        switch (planned.kind()) {
            case STOP -> {
                try (Marks.Mark mark = marks.broken(child.name(), planned.kind().word());
                        Suspension standing = Suspension.of(List.of(child.pid()))) {
                    last(planned.lasting());
                }
            }
            case TERM -> {
                try (Marks.Mark mark = marks.broken(child.name(), planned.kind().word())) {
                    child.terminate();
                }
            }
            case CLOCK_SKEW -> {
                try (Marks.Mark mark = marks.broken(child.name(), planned.kind().word())) {
                    child.skew(MOST_SKEW.multipliedBy(planned.size() - 500).dividedBy(500));
                    child.terminate();
                }
            }
            case POISON -> child.say(Member.POISON);
            default -> throw new IllegalStateException(planned.kind().word());
        }
    }

    private void last(Duration time) throws InterruptedException {
        stop.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }
}
