package dev.leat.cli.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.api.InvalidValueException;
import dev.leat.api.KindName;
import dev.leat.api.QueueName;
import dev.leat.api.store.Due;
import dev.leat.api.store.UniqueKey;
import dev.leat.cli.screen.AtExit;
import dev.leat.cli.screen.Terminal;
import dev.leat.cli.screen.Text;
import dev.leat.wire.ApiException;
import dev.leat.wire.EnqueueAnswer;
import dev.leat.wire.EnqueueJob;
import dev.leat.wire.EnqueuedJob;
import dev.leat.wire.IdempotencyKey;
import dev.leat.wire.LeatApi;
import dev.leat.wire.Problem;
import dev.leat.wire.RawJson;
import dev.leat.wire.WireJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code leat enqueue}: one job, or a file of them. */
@Command(
        name = "enqueue",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Enqueues one job, or with --file one for each line of a file.",
            "A line is a job as JSON: kind, queue, payload, priority, maxAttempts, runAt, delayMillis, uniqueKey,"
                + " uniqueMillis; what it leaves out is taken from the command line. Interrupted, the same command"
                + " with the same file goes on where it was: within 24 hours, no line is enqueued twice. To enqueue a"
                + " file again, give a new --idempotency-key."
        },
        footer = {
            "",
            "Examples:",
            "  leat enqueue default sleep '{\"millis\":500}'",
            "  leat enqueue mail http --file calls.jsonl"
        })
public final class EnqueueCommand implements Callable<Integer> {
    private static final int LONGEST_INPUT = 16 << 20;
    private static final long TELL_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final Pattern INDEX = Pattern.compile("\\[(\\d+)]\\.?(.*)");
    private static final String STANDARD_INPUT = "-";

    @Parameters(index = "0", arity = "0..1", paramLabel = "QUEUE", description = "Where it waits.")
    private @Nullable QueueName queue;

    @Parameters(index = "1", arity = "0..1", paramLabel = "KIND", description = "The handler that runs it.")
    private @Nullable KindName kind;

    @Parameters(
            index = "2",
            arity = "0..1",
            paramLabel = "PAYLOAD",
            description = "JSON, sent byte for byte; - reads it from standard input; null if left out.")
    private @Nullable String payload;

    @Option(names = "--file", paramLabel = "FILE", description = "One job in each line; - reads standard input.")
    private @Nullable String file;

    @Option(names = "--priority", paramLabel = "N", description = "0 (most urgent) to 9 (default: 4).")
    private @Nullable Integer priority;

    @Option(names = "--max-attempts", paramLabel = "N", description = "1 to 1000 (default: 25).")
    private @Nullable Integer maxAttempts;

    @Option(names = "--delay", paramLabel = "TIME", description = "How long it waits, such as 30s, 5m or 2h.")
    private @Nullable Duration delay;

    @Option(
            names = "--run-at",
            paramLabel = "INSTANT",
            description = "The earliest moment it runs, such as 2026-01-31T08:00:00Z.")
    private @Nullable Instant runAt;

    @Option(
            names = "--unique-key",
            paramLabel = "KEY",
            description = "Not enqueued while another job of the queue and kind holds this key: until that has ended.")
    private @Nullable String uniqueKey;

    @Option(
            names = "--unique-for",
            paramLabel = "TIME",
            description =
                    "The job holds its --unique-key for that long instead, from 1s to 365d, whether it has ended or"
                            + " not.")
    private @Nullable Duration uniqueFor;

    @Option(
            names = "--idempotency-key",
            paramLabel = "KEY",
            description = "Within 24 hours, the same command with the same key enqueues nothing more.")
    private @Nullable IdempotencyKey key;

    @Mixin
    private final Target target = new Target();

    @Override
    public Integer call() throws IOException {
        if (delay != null && runAt != null) {
            throw target.refused("--delay and --run-at exclude each other");
        }
        if (file != null && payload != null) {
            throw target.refused("PAYLOAD and --file exclude each other");
        }
        if (file == null && (queue == null || kind == null)) {
            throw target.refused("QUEUE and KIND are missing, or a --file with jobs");
        }
        if (file == null && uniqueFor != null && uniqueKey == null) {
            throw target.refused("--unique-for is given without --unique-key");
        }
        JobLine standard = new JobLine(
                queue,
                kind,
                payload(),
                priority,
                maxAttempts,
                runAt,
                target.millis("--delay", delay, Duration.ZERO, Due.MAX_DELAY),
                uniqueKey,
                target.millis("--unique-for", uniqueFor, UniqueKey.SHORTEST_WINDOW, UniqueKey.LONGEST_WINDOW));
        if (file == null) {
            one(standard.job(standard));
        } else {
            all(file, standard);
        }
        return 0;
    }

    private @Nullable RawJson payload() throws IOException {
        return payload == null ? null : payload("PAYLOAD", payload, target);
    }

    /** What was given, or standard input if that is -. Checked here to be one value, since it becomes part of a larger text. */
    static RawJson payload(String name, String given, Target target) throws IOException {
        byte[] bytes = given.equals(STANDARD_INPUT) ? System.in.readNBytes(LONGEST_INPUT) : given.getBytes(UTF_8);
        try {
            return WireJson.STRICT.read(bytes, RawJson.class);
        } catch (InvalidValueException e) {
            throw target.refused(String.valueOf(e.in(name).getMessage()));
        }
    }

    private void one(EnqueueJob job) {
        try (Session session = target.open()) {
            EnqueueAnswer answer = session.api().enqueue(List.of(job), key == null ? null : key.value());
            if (target.json()) {
                target.printJson(answer);
                return;
            }
            EnqueuedJob done = answer.jobs().getFirst();
            target.out().println(done.id() + "  " + done.status().name().toLowerCase(Locale.ROOT));
        }
    }

    private void all(String name, JobLine standard) throws IOException {
        boolean given = name.equals(STANDARD_INPUT);
        Sent sent = new Sent();
        try (InputStream in = given ? System.in : opened(name);
                Session session = target.open();
                AtExit _ = AtExit.does("leat-enqueue-interrupted", () -> tellInterrupted(sent))) {
            JobFile jobs = new JobFile(given ? "standard input" : name, in, standard, key == null ? "" : key.value());
            for (Optional<JobFile.Batch> batch = next(jobs, sent); batch.isPresent(); batch = next(jobs, sent)) {
                sent.add(enqueued(session.api(), jobs, batch.get(), sent));
            }
        }
        if (target.json()) {
            target.printJson(sent.summary());
        } else {
            target.out().println(sent);
        }
    }

    private void tellInterrupted(Sent sent) {
        String message = "interrupted" + sent.soFar();
        target.err()
                .println(
                        target.json()
                                ? WireJson.LENIENT.writeText(new Problem(500, "Error", "INTERRUPTED", message))
                                : "leat: " + message);
    }

    private InputStream opened(String name) {
        try {
            return Files.newInputStream(Path.of(name));
        } catch (IOException e) {
            throw target.refused("cannot read " + name + ": " + Text.reason(e));
        }
    }

    /** A file that is not as it should be is a mistake of the command line that names it. */
    private Optional<JobFile.Batch> next(JobFile jobs, Sent sent) {
        try {
            return jobs.batch();
        } catch (IOException e) {
            throw target.refused("cannot read " + jobs.name() + ": " + Text.reason(e) + sent.soFar());
        } catch (IllegalArgumentException e) {
            throw target.refused(e.getMessage() + sent.soFar());
        }
    }

    private static EnqueueAnswer enqueued(LeatApi api, JobFile jobs, JobFile.Batch batch, Sent sent) {
        try {
            return api.enqueue(batch.jobs(), batch.key());
        } catch (ApiException e) {
            Problem problem = located(e.problem(), jobs, batch);
            throw new ApiException(
                    new Problem(
                            problem.status(),
                            problem.title(),
                            problem.code(),
                            problem.message() + sent.soFar(),
                            problem.field(),
                            problem.allowed()),
                    e);
        }
    }

    /** With the line in place of the index among the jobs of the call. */
    private static Problem located(Problem problem, JobFile jobs, JobFile.Batch batch) {
        Matcher index = INDEX.matcher(problem.field() == null ? "" : problem.field());
        if (!index.matches()) {
            return problem;
        }
        String field = problem.field() + " ";
        String message = problem.message().startsWith(field)
                ? index.group(2) + " " + problem.message().substring(field.length())
                : problem.message();
        return new Problem(
                problem.status(),
                problem.title(),
                problem.code(),
                jobs.at(batch.lines().get(Integer.parseInt(index.group(1)))) + message,
                index.group(2),
                problem.allowed());
    }

    /** What became of a file, as JSON. */
    record Summary(long accepted, long duplicates, long held) {
        long all() {
            return accepted + duplicates + held;
        }

        Summary with(EnqueueAnswer answer) {
            long accepted = this.accepted;
            long duplicates = this.duplicates;
            long held = this.held;
            for (EnqueuedJob each : answer.jobs()) {
                switch (each.status()) {
                    case ACCEPTED -> accepted++;
                    case DUPLICATE -> duplicates++;
                    case HELD -> held++;
                }
            }
            return new Summary(accepted, duplicates, held);
        }
    }

    /** Counts, and tells of it every few seconds if somebody watches. */
    private final class Sent {
        private final boolean watched = !target.json() && Terminal.isWatched();
        private final long startedAt = System.nanoTime();
        private long toldAt = startedAt;
        /** Of whole answers: whoever interrupts the command reads it too. */
        private volatile Summary sum = new Summary(0, 0, 0);

        void add(EnqueueAnswer answer) {
            sum = sum.with(answer);
            if (watched && System.nanoTime() - toldAt >= TELL_NANOS) {
                toldAt = System.nanoTime();
                target.err().println(Text.shown(toString()));
            }
        }

        /** The end of a message about a failure; empty if nothing was enqueued before. */
        String soFar() {
            long all = sum.all();
            return all == 0
                    ? ""
                    : "\nthe first " + all + " jobs are enqueued; to go on, run the same command again, with nothing"
                            + " changed before the place of the mistake";
        }

        Summary summary() {
            return sum;
        }

        @Override
        public String toString() {
            Summary now = sum;
            double seconds = (System.nanoTime() - startedAt) / 1e9;
            return String.format(
                    Locale.ROOT,
                    "%,d jobs enqueued%s%s in %.1f s",
                    now.accepted,
                    now.duplicates == 0 ? "" : String.format(Locale.ROOT, ", %,d were there before", now.duplicates),
                    now.held == 0
                            ? ""
                            : String.format(Locale.ROOT, ", %,d not since another job holds their key", now.held),
                    seconds);
        }
    }
}
