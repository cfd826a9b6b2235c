package dev.leat.cli.verify;

import dev.leat.cli.screen.AtExit;
import java.util.concurrent.CountDownLatch;

/** Has a process that is told to end first put everything away. */
final class Interruption implements AutoCloseable {
    final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private final AtExit hook = AtExit.does("leat-torture-stop", this::interrupted);

    private void interrupted() {
        stop.countDown();
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        over.countDown();
        hook.close();
    }
}
