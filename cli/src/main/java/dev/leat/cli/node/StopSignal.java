package dev.leat.cli.node;

import java.util.concurrent.CountDownLatch;

/**
 * Has a process that is told to stop, by SIGTERM or SIGINT, wait until its work is put away, and then exit with 0. A JVM by
 * itself would say 143 or 130, which looks like a failure to what watches over services.
 */
final class StopSignal implements AutoCloseable {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "leat-stop");
    private volatile boolean inGoodOrder;

    StopSignal() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Returns when the process is told to stop. */
    void await() throws InterruptedException {
        asked.await();
    }

    /** Says that everything is put away as it should be. */
    void succeeded() {
        inGoodOrder = true;
    }

    private void stop() {
        asked.countDown();
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (inGoodOrder) {
            Runtime.getRuntime().halt(0);
        }
    }

    /** Lets the process end. */
    @Override
    public void close() {
        over.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is on its way out, and the hook now lets it go.
        }
    }
}
