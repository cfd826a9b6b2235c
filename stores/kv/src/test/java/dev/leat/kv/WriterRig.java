package dev.leat.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;

/** Has the writer stand still, so that calls gather behind it. */
final class WriterRig implements AutoCloseable {
    private final CountDownLatch standing = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    private final FutureTask<?> stand;

    WriterRig(KvStores stores) throws InterruptedException {
        stand = started(() -> stores.writer().call(0, tx -> {
            standing.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return true;
        }));
        standing.await();
    }

    /** Makes a call in a thread of its own, which waits for the writer when this returns; so calls gather in the order they are made. */
    <T> FutureTask<T> gather(Callable<T> call) {
        return waiting(started(call));
    }

    private <T> FutureTask<T> waiting(FutureTask<T> task) {
        Thread last = threads.getLast();
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> last.getState() == Thread.State.TIMED_WAITING);
        return task;
    }

    private <T> FutureTask<T> started(Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = new Thread(task);
        threads.add(thread);
        thread.start();
        return task;
    }

    void release() {
        released.countDown();
    }

    @Override
    public void close() throws InterruptedException {
        release();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(stand.isDone()).isTrue();
    }
}
