package dev.leat.verify.torture;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.verify.faults.FaultProxy;
import dev.leat.verify.torture.Gate.Moment;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A place in the load with one process after the other: one that ends is replaced until this is closed. Thread-safe. */
final class Child implements AutoCloseable {
    private static final int KILLED = 128 + 9;
    private static final int TERMINATED = 128 + 15;
    private static final long STOP_SECONDS = 45;

    private final String place;
    private final Role role;
    private final Start start;
    private final Marks marks;
    private final Workers workers;
    private final Consumer<String> complaints;
    private final Optional<FaultProxy> proxy;
    /** Held by whoever does something to the process that must not be mixed with anything else. */
    final ReentrantLock busy = new ReentrantLock();

    private int lives;
    private Duration skew = Duration.ZERO;
    private Life life;
    private long enqueuedBefore;
    private boolean closing;

    /** Starts the processes. */
    @FunctionalInterface
    interface Start {
        /**
         * Starts the next one.
         *
         * @param lives how many there were before it
         * @param skew how far its wall clock is ahead
         */
        Process next(int lives, Duration skew);
    }

    /** One process. */
    private static final class Life {
        private final String name;
        private final Process process;
        private final CompletableFuture<Boolean> ready = new CompletableFuture<>();
        private final CompletableFuture<Boolean> quiet = new CompletableFuture<>();
        private final CompletableFuture<Boolean> over = new CompletableFuture<>();
        private volatile CompletableFuture<Boolean> reached = new CompletableFuture<>();
        private volatile CompletableFuture<String> answer = new CompletableFuture<>();
        private volatile @Nullable String killedBy;
        private volatile boolean terminated;
        private volatile long enqueued;

        Life(String name, Process process) {
            this.name = name;
            this.process = process;
        }
    }

    /**
     * Starts the first process.
     *
     * @param proxy through which it reaches the store; closed with this
     * @param workers told of this one, if it is one
     * @param complaints told of what must not happen
     */
    Child(
            Role role,
            int number,
            Optional<FaultProxy> proxy,
            Start start,
            Marks marks,
            Workers workers,
            Consumer<String> complaints) {
        this.role = role;
        this.proxy = proxy;
        place = role.word() + "-" + number;
        this.start = start;
        this.marks = marks;
        this.workers = workers;
        this.complaints = complaints;
        life = born();
    }

    private synchronized Life born() {
        Life born = new Life(place + "." + lives, start.next(lives, skew));
        lives++;
        life = born;
        Thread.ofVirtual().start(() -> listen(born));
        return born;
    }

    private void listen(Life of) {
        try (BufferedReader lines = of.process.inputReader(UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                heard(of, line);
            }
        } catch (IOException e) {
            complaints.accept(of.name + " cannot be heard: " + e.getMessage());
        }
        of.process.onExit().join();
        ended(of);
    }

    private void heard(Life of, String line) {
        if (line.equals(Member.READY)) {
            if (role.works()) {
                workers.came();
            }
            of.ready.complete(true);
        } else if (line.equals(Member.QUIET)) {
            of.quiet.complete(true);
        } else if (line.startsWith(Member.AT)) {
            of.reached.complete(true);
        } else if (line.startsWith(Member.ANSWER)) {
            of.answer.complete(line.substring(Member.ANSWER.length()));
        } else if (line.startsWith(Member.ENQUEUED)) {
            of.enqueued = Long.parseLong(line.substring(Member.ENQUEUED.length()));
        } else {
            complaints.accept(of.name + " said: " + line);
        }
    }

    private void ended(Life of) {
        int code = of.process.exitValue();
        if (code == TaskHandler.POISONED) {
            marks.killed(of.name, FaultKind.KILLED_BY_POISON);
        } else if (code == KILLED) {
            marks.killed(of.name, Objects.requireNonNullElse(of.killedBy, FaultKind.KILL));
            if (of.killedBy == null) {
                complaints.accept(of.name + " was killed by somebody else");
            }
        } else if (code != 0 && !(code == TERMINATED && of.terminated)) {
            complaints.accept(of.name + " ended with " + code + " by itself; see its log");
            marks.killed(of.name, FaultKind.KILL);
        }
        synchronized (this) {
            enqueuedBefore += of.enqueued;
            of.enqueued = 0;
            if (!closing) {
                if (role.works() && of.ready.isDone()) {
                    workers.gone();
                }
                born();
            }
        }
        of.over.complete(true);
        of.ready.complete(false);
        of.quiet.complete(false);
        of.reached.complete(false);
        of.answer.complete("");
    }

    Role role() {
        return role;
    }

    /** @throws java.util.NoSuchElementException if it reaches the store without a network */
    FaultProxy proxy() {
        return proxy.orElseThrow();
    }

    synchronized String name() {
        return life.name;
    }

    synchronized long pid() {
        return life.process.pid();
    }

    /** Jobs enqueued so far, as far as it is told. */
    synchronized long enqueued() {
        return enqueuedBefore + life.enqueued;
    }

    /** Whether it is ready for work, waiting for that if need be. */
    boolean awaitReady(long seconds) throws InterruptedException {
        return came(now().ready, seconds);
    }

    /** Whether the process came to this moment of its work, waiting for that if need be. */
    boolean awaits(Moment moment, long seconds) throws InterruptedException {
        Life current = now();
        current.reached = new CompletableFuture<>();
        say(Member.AWAIT + moment.word());
        return came(current.reached, seconds);
    }

    void say(String line) {
        try {
            Process process = now().process;
            process.getOutputStream().write((line + "\n").getBytes(UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            // It is gone, and so is what it was to be told.
        }
    }

    /** Asks it something, and waits for the answer. */
    String answer(String question) {
        Life current = now();
        current.answer = new CompletableFuture<>();
        say(question);
        return current.answer.orTimeout(STOP_SECONDS, TimeUnit.SECONDS).join();
    }

    /** Has it killed by what is done to the store that it has in itself; returns when it is gone and another is being started. */
    void killedBy(String word, Runnable how) throws InterruptedException {
        Life current = now();
        current.killedBy = word;
        how.run();
        came(current.over, STOP_SECONDS);
    }

    /** Kills it; returns when it is gone and another is being started. */
    void kill(String word) throws InterruptedException {
        Life current = now();
        current.killedBy = word;
        // Not by the process itself, which would close the pipe with what it said last.
        current.process.toHandle().destroyForcibly();
        came(current.over, STOP_SECONDS);
    }

    /** The wall clocks of the processes to come are ahead by so much. */
    synchronized void skew(Duration ahead) {
        skew = ahead;
    }

    /** Tells it to end; returns when it has. */
    void terminate() throws InterruptedException {
        Life current = now();
        current.terminated = true;
        current.process.toHandle().destroy();
        if (!came(current.over, STOP_SECONDS)) {
            complaints.accept(current.name + " did not end within " + STOP_SECONDS + " s of SIGTERM");
            kill(FaultKind.KILL);
        }
    }

    /** Has a producer enqueue, or an operator amend, nothing more; returns when everything it asked is answered. */
    boolean quieten(long seconds) throws InterruptedException {
        Life current = now();
        say(Member.QUIET);
        return came(current.quiet, seconds);
    }

    private synchronized Life now() {
        return life;
    }

    private static boolean came(CompletableFuture<Boolean> event, long seconds) throws InterruptedException {
        try {
            return event.get(seconds, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** From now on it is not replaced; its input ends, so that it does. */
    void letGo() {
        Life current;
        synchronized (this) {
            closing = true;
            current = life;
        }
        try {
            current.process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns when it has ended; by force, if it takes too long. */
    @Override
    public void close() {
        letGo();
        Life last = now();
        try {
            if (!came(last.over, STOP_SECONDS)) {
                complaints.accept(last.name + " did not end within " + STOP_SECONDS + " s of the end of its input");
                kill(FaultKind.KILL);
            }
        } catch (InterruptedException e) {
            last.process.toHandle().destroyForcibly();
            Thread.currentThread().interrupt();
        }
        proxy.ifPresent(FaultProxy::close);
    }
}
