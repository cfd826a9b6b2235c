package dev.leat.bench.postgres;

import dev.leat.bench.Server;
import dev.leat.bench.WrongResultException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/** A JVM of its own that runs jobs; see {@link WorkerMain}. Ended with this object, and with this JVM. */
final class WorkerProcess implements AutoCloseable {
    private static final long READY_SECONDS = 120;

    private final Process process;
    private final PrintStream in;
    private final IntConsumer settled;
    private final CountDownLatch ready = new CountDownLatch(1);
    private final Semaphore rested = new Semaphore(0);
    private final Latencies latencies = new Latencies();
    private final CompletableFuture<Long> handled = new CompletableFuture<>();

    private WorkerProcess(Process process, IntConsumer settled) {
        this.process = process;
        this.settled = settled;
        in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        Thread.ofVirtual().start(this::listen);
    }

    /**
     * Starts it; it takes no jobs before {@link #begin}.
     *
     * @param job what its handler does, one of those of {@link WorkerMain}
     * @param settled told how many jobs it has settled, whenever it has
     */
    static WorkerProcess start(Server server, String schema, WorkerMain.Work job, IntConsumer settled)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms256m",
                        "-Xmx2g",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WorkerMain.class.getName(),
                        schema,
                        job.name()))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put(WorkerMain.URL, server.url());
        builder.environment().put(WorkerMain.USER, server.user());
        builder.environment().put(WorkerMain.PASSWORD, server.password());
        WorkerProcess worker = new WorkerProcess(builder.start(), settled);
        if (!worker.ready.await(READY_SECONDS, TimeUnit.SECONDS)) {
            worker.process.destroyForcibly();
            throw new WrongResultException("a worker process was not ready in " + READY_SECONDS + " s");
        }
        return worker;
    }

    /** Has it take jobs from now on. */
    void begin() {
        in.println("begin");
    }

    /** Has it take no more jobs; returns when it runs none. Afterwards it may begin again. */
    void rest() throws InterruptedException {
        in.println("rest");
        if (!rested.tryAcquire(READY_SECONDS, TimeUnit.SECONDS)) {
            throw new WrongResultException("a worker process did not rest in " + READY_SECONDS + " s");
        }
    }

    /** Has it end in good order. */
    Ended end() throws Exception {
        in.println("end");
        return new Ended(handled.get(READY_SECONDS, TimeUnit.SECONDS), latencies);
    }

    /**
     * What it had to say in the end.
     *
     * @param handled how often its handler was called
     * @param latencies from the time in each payload to the start of its handler, if that was its job
     */
    record Ended(long handled, Latencies latencies) {}

    private void listen() {
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                heard(line.split(" ", 2));
            }
            handled.completeExceptionally(new WrongResultException("a worker process ended too early"));
        } catch (IOException e) {
            handled.completeExceptionally(e);
        } finally {
            ready.countDown();
        }
    }

    private void heard(String[] words) {
        switch (words[0]) {
            case "ready" -> ready.countDown();
            case "rested" -> rested.release();
            case "settled" -> settled.accept(Integer.parseInt(words[1]));
            case "latency" -> latencies.add(Long.parseLong(words[1]));
            case "handled" -> handled.complete(Long.parseLong(words[1]));
            default -> throw new WrongResultException("a worker process said " + String.join(" ", words));
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
