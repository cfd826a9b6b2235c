package dev.leat.engine.duty;

import dev.leat.api.StoreException;
import dev.leat.engine.id.MonotonicClock;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one duty on a thread of its own: again at once while there is work, after a pause when there is none, after a growing
 * pause when it fails, and after a very short one that grows too when others were in the way. Never gives up before it is
 * closed.
 */
public final class DutyRunner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DutyRunner.class);

    private final String name;
    private final Duty duty;
    private final Pace pace;
    private final MonotonicClock clock;
    private final RandomGenerator random = new SplittableRandom();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread thread;
    private boolean woken;
    private boolean closing;
    private boolean failing;

    private DutyRunner(String name, Duty duty, Pace pace, MonotonicClock clock) {
        this.name = name;
        this.duty = duty;
        this.pace = pace;
        this.clock = clock;
        thread = Thread.ofPlatform().name("leat-" + name).daemon().unstarted(this::run);
    }

    public static DutyRunner start(String name, Duty duty, Pace pace, MonotonicClock clock) {
        DutyRunner runner = new DutyRunner(name, duty, pace, clock);
        runner.thread.start();
        return runner;
    }

    /** Ends the pause, if there is one, or has the next one left out. */
    public void wake() {
        lock.lock();
        try {
            woken = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        int failures = 0;
        int contended = 0;
        while (!isClosing()) {
            long pause;
            try {
                int did = duty.doWork();
                if (failures > 0) {
                    LOG.info("{} works again after {} failures", name, failures);
                    failures = 0;
                    failing(false);
                }
                contended = did == Duty.CONTENDED ? contended + 1 : 0;
                pause = switch (did) {
                    case Duty.CONTENDED -> pace.contendedNanos(contended, random);
                    case Duty.SOON -> Pace.MOMENT_NANOS;
                    case 0 -> pace.idleNanos(random);
                    default -> 0;
                };
            } catch (RuntimeException | Error e) {
                // Errors too: a process that lives on without this duty would look well and do nothing.
                failures++;
                failing(true);
                // The first failure and then ever fewer, so that an outage of hours does not fill the log.
                if (Integer.bitCount(failures) == 1 && !isClosing()) {
                    tell(failures, e);
                }
                pause = pace.backoffNanos(failures, random);
            }
            pause(pause, failures > 0);
        }
    }

    /** A store says in its message all that there is to know, and fails every duty at once; anything else is a bug. */
    private void tell(int failures, Throwable e) {
        String text = "{} failed {} times, and tries again: {}";
        if (e instanceof StoreException) {
            LOG.warn(text, name, failures, e.getMessage());
            LOG.debug("{} failed", name, e);
        } else {
            LOG.warn(text, name, failures, e.getMessage(), e);
        }
    }

    private void failing(boolean now) {
        lock.lock();
        try {
            failing = now;
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosing() {
        lock.lock();
        try {
            return closing;
        } finally {
            lock.unlock();
        }
    }

    /** @param whole whether a wake-up does not end the pause: a store that fails is not asked again at once */
    private void pause(long nanos, boolean whole) {
        long end = clock.nanoTime() + nanos;
        lock.lock();
        try {
            while (!closing && (whole || !woken) && end - clock.nanoTime() > 0) {
                clock.await(changed, end - clock.nanoTime());
            }
            woken = false;
        } catch (InterruptedException e) {
            // Nobody but the JVM's end interrupts this thread, and close() is how it is stopped.
            LOG.debug("{} was interrupted", name);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Has the duty finish its step and stops. A step that follows a failed one is interrupted: it waits for what was not there a
     * moment ago. Returns when it has stopped, or when the caller is interrupted.
     */
    @Override
    public void close() {
        askToStop();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes them all at once, so that their last steps take no longer than the longest of them. */
    public static void closeAll(List<DutyRunner> runners) {
        runners.forEach(DutyRunner::askToStop);
        runners.forEach(DutyRunner::close);
    }

    private void askToStop() {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
            if (failing) {
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }
}
