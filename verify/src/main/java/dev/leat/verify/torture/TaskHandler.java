package dev.leat.verify.torture;

import dev.leat.engine.handler.Handler;
import dev.leat.engine.handler.JobContext;
import dev.leat.engine.handler.JobSignal;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Behaves as its task says. */
final class TaskHandler implements Handler<Task> {
    /** What a process ends with that ran a poison job. */
    static final int POISONED = 86;

    private static final int HANG_MILLIS = 20_000;

    private final Gate gate;
    private final Transactions transactions;

    TaskHandler(Gate gate, Transactions transactions) {
        this.gate = gate;
        this.transactions = transactions;
    }

    @Override
    public void handle(Task task, JobContext job) throws SQLException, InterruptedException {
        gate.pass(Gate.Moment.RUNNING);
        boolean fails = job.attempt() <= task.times();
        Duration wait = Duration.ofMillis(task.millis());
        switch (task.does()) {
            case QUICK -> {}
            case SLOW -> pause(task.millis());
            case HANG -> pause(HANG_MILLIS);
            case RETRY -> {
                if (fails) {
                    throw JobSignal.retry(wait, "as planned");
                }
            }
            case SNOOZE -> {
                // By chance, since a snooze costs no attempt by which it could be told from the one before.
                if (ThreadLocalRandom.current().nextBoolean()) {
                    throw JobSignal.snooze(wait);
                }
            }
            case DISCARD -> throw JobSignal.discard("as planned");
            case CANCEL -> throw JobSignal.cancel("as planned");
            case FAIL -> {
                if (fails) {
                    throw new IllegalStateException("as planned");
                }
            }
            case STACK_OVERFLOW -> {
                if (fails) {
                    deeper(0);
                }
            }
            case OUT_OF_MEMORY -> {
                if (fails) {
                    throw new OutOfMemoryError("as planned");
                }
            }
            case COMMIT -> {
                boolean commits = job.attempt() >= task.times();
                // Without a commit the run has failed, whether it says so or not.
                boolean saysSo =
                        transactions.arePossible() ? !complete(task, job, commits) && task.millis() % 2 == 0 : !commits;
                if (saysSo) {
                    throw new IllegalStateException("as planned");
                }
            }
            case POISON -> Runtime.getRuntime().halt(POISONED);
        }
    }

    private boolean complete(Task task, JobContext job, boolean commits) throws SQLException, InterruptedException {
        return transactions.run(connection -> {
            Rows.write(connection, job.id());
            job.complete(connection, task.does());
            pause(task.millis() / 4);
            return commits;
        });
    }

    @SuppressWarnings("InfiniteRecursion") // as planned
    private static int deeper(int depth) {
        return deeper(depth + 1) + 1;
    }

    private static void pause(int millis) throws InterruptedException {
        new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
    }
}
