package dev.leat.bench.peers;

import dev.leat.bench.WrongResultException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A job system at work in a child process, which is told what to do and says how long it took. Not thread-safe. */
final class PeerProcess implements AutoCloseable {
    /** More than the slowest takes for anything asked of it. */
    private static final Duration LONGEST_ANSWER = Duration.ofMinutes(15);

    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(20);
    private static final int MOST_LOG_LINES = 20;

    private final String name;
    private final Process process;
    private final Writer orders;
    private final BufferedReader answers;
    private final Path log;

    private PeerProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
        orders = process.outputWriter(StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts it; the password reaches it by its environment, where no other user can read it. */
    static PeerProcess start(String name, List<String> command, Path folder, String password) throws IOException {
        Path log = Files.createTempFile("leat-bench-peer-", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectError(log.toFile());
        builder.environment().put("PGPASSWORD", password);
        builder.environment().put("NODE_ENV", "production");
        return new PeerProcess(name, builder.start(), log);
    }

    void install() throws IOException {
        ask("install");
    }

    /** Seconds it took to enqueue so many jobs, so many in each call. */
    double bulk(int jobs, int batch) throws IOException {
        return ask("bulk %d %d".formatted(jobs, batch)).path("nanos").asLong() / 1e9;
    }

    /** Seconds it took to enqueue so many jobs, one in each call, by so many callers at once. */
    double single(int jobs, int callers) throws IOException {
        return ask("single %d %d".formatted(jobs, callers)).path("nanos").asLong() / 1e9;
    }

    /** Seconds from the start of the first handler to the end of the last of the jobs that wait, so many. */
    double drain(int jobs) throws IOException {
        return everyRan(ask("drain " + jobs), jobs).path("nanos").asLong() / 1e9;
    }

    /** Milliseconds from each enqueue to the start of the handler. */
    List<Double> offer(int rate, int seconds) throws IOException {
        JsonNode answer = ask("offer %d %d".formatted(rate, seconds));
        if (answer.path("micros").size() != rate * seconds) {
            throw new WrongResultException(
                    name + ": " + answer.path("micros").size() + " latencies, not " + rate * seconds);
        }
        return StreamSupport.stream(answer.path("micros").spliterator(), false)
                .map(micros -> micros.asLong() / 1e3)
                .toList();
    }

    private JsonNode everyRan(JsonNode answer, int jobs) {
        if (answer.path("ran").asInt() != jobs || answer.path("again").asInt() != 0) {
            throw new WrongResultException("%s: %d of %d jobs ran, %d more than once"
                    .formatted(
                            name,
                            answer.path("ran").asInt(),
                            jobs,
                            answer.path("again").asInt()));
        }
        return answer;
    }

    private JsonNode ask(String order) throws IOException {
        orders.write(order + "\n");
        orders.flush();
        String line = answer();
        if (line.isEmpty()) {
            throw new IOException("%s ended when asked to %s:%n%s".formatted(name, order, lastOfLog()));
        }
        return JsonMapper.shared().readTree(line);
    }

    /** Empty if it ended. One that does not answer in time is ended. */
    private String answer() throws IOException {
        CompletableFuture<Void> late = new CompletableFuture<Void>()
                .completeOnTimeout(null, LONGEST_ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                .thenRun(process::destroyForcibly);
        try {
            String line = answers.readLine();
            return line == null ? "" : line;
        } finally {
            late.cancel(false);
        }
    }

    private String lastOfLog() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - MOST_LOG_LINES), lines.size()));
    }

    @Override
    public void close() throws IOException {
        try {
            if (process.isAlive()) {
                ask("close");
                process.waitFor(LONGEST_CLOSE.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
            Files.deleteIfExists(log);
        }
    }
}
