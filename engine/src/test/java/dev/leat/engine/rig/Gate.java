package dev.leat.engine.rig;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Where handlers wait until a test lets them go on, and where the test waits until they are there. */
public final class Gate {
    private static final long PATIENCE_SECONDS = 60;

    private final Semaphore arrived = new Semaphore(0);
    private final CountDownLatch open = new CountDownLatch(1);

    /** Tells of the arrival and waits until the gate is open. */
    public void pass() throws InterruptedException {
        arrived.release();
        open.await();
    }

    /** As {@link #pass}, but interrupts are swallowed. */
    public void passStubbornly() {
        arrived.release();
        boolean through = false;
        while (!through) {
            try {
                open.await();
                through = true;
            } catch (InterruptedException e) {
                // Asks to stop, and is not heard.
            }
        }
    }

    /** Returns when that many more have arrived. */
    public void awaitArrivals(int number) throws InterruptedException {
        if (!arrived.tryAcquire(number, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("only " + arrived.availablePermits() + " of " + number + " arrived");
        }
    }

    /** How many arrived that {@link #awaitArrivals} has not counted. */
    public int uncounted() {
        return arrived.availablePermits();
    }

    public void open() {
        open.countDown();
    }
}
