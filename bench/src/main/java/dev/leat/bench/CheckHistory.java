package dev.leat.bench;

import dev.leat.verify.history.Event;
import dev.leat.verify.history.HistoryChecker;
import dev.leat.verify.history.HistoryFile;
import dev.leat.verify.history.Op;
import dev.leat.verify.history.Phase;
import dev.leat.verify.history.Verdict;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/** How fast a history in files is read and judged. Arguments: how many events at least (default 1,000,000). */
public final class CheckHistory {
    private static final int BATCH = 100;
    private static final long LEASE = Duration.ofSeconds(30).toNanos();

    /** Of one job: enqueued, handed out, settled, each asked and answered but for the claim; and found at the end. */
    private static final int EVENTS_OF_A_JOB = 6;

    private CheckHistory() {}

    public static void main(String[] args) throws IOException {
        long events = args.length > 0 ? Long.parseLong(args[0]) : 1_000_000;
        Path folder = Files.createTempDirectory("leat-history");
        run(folder, events).print(System.out);
    }

    /** Seconds to read and judge a history that lies in files. */
    record Figures(long events, double seconds, boolean holds) {
        void print(PrintStream out) {
            out.printf(
                    "{\"events\":%d,\"seconds\":%.1f,\"eventsPerSecond\":%.0f,\"holds\":%b}%n",
                    events, seconds, events / seconds, holds);
        }
    }

    static Figures run(Path folder, long events) {
        write(folder, events / EVENTS_OF_A_JOB + 1);
        long start = System.nanoTime();
        HistoryChecker checker = new HistoryChecker(Duration.ofSeconds(6));
        HistoryFile.read(folder, checker);
        Verdict verdict = checker.verdict();
        return new Figures(verdict.events(), (System.nanoTime() - start) / 1e9, verdict.holds());
    }

    private static void write(Path folder, long jobs) {
        try (HistoryFile producer = HistoryFile.create(folder, "producer");
                HistoryFile worker = HistoryFile.create(folder, "worker");
                HistoryFile end = HistoryFile.create(folder, "end")) {
            long now = 1;
            for (long first = 1; first <= jobs; first += BATCH) {
                long call = first;
                List<Long> batch = LongStream.range(first, Math.min(jobs + 1, first + BATCH))
                        .boxed()
                        .toList();
                producer.accept(events(now, "producer", call, Op.ENQUEUE, Phase.INVOKE, batch, CheckHistory::asked));
                producer.accept(
                        events(now + 1, "producer", call, Op.ENQUEUE, Phase.OK, batch, e -> e.word("accepted")));
                worker.accept(List.of(Event.of(now + 2, "worker", call, Op.CLAIM, Phase.INVOKE)
                        .lasting(LEASE)
                        .build()));
                long at = now + 3;
                worker.accept(events(
                        at,
                        "worker",
                        call,
                        Op.CLAIM,
                        Phase.OK,
                        batch,
                        e -> asked(e).token(call)
                                .attempt(1)
                                .size(batch.size())
                                .until(at + LEASE)
                                .lasting(LEASE)));
                worker.accept(events(
                        now + 4,
                        "worker",
                        call,
                        Op.SETTLE,
                        Phase.INVOKE,
                        batch,
                        e -> e.token(call).word("completed")));
                worker.accept(events(
                        now + 5,
                        "worker",
                        call,
                        Op.SETTLE,
                        Phase.OK,
                        batch,
                        e -> e.token(call).word("accepted")));
                now += 10;
            }
            for (long job = 1; job <= jobs; job += BATCH) {
                List<Long> batch = LongStream.range(job, Math.min(jobs + 1, job + BATCH))
                        .boxed()
                        .toList();
                end.accept(events(
                        now,
                        "end",
                        1,
                        Op.FINAL,
                        Phase.OK,
                        batch,
                        e -> e.word("completed").attempt(1).maxAttempts(25)));
            }
        }
    }

    private static Event.Builder asked(Event.Builder event) {
        return event.lane("main", "default", "bench").maxAttempts(25).sha256("5e".repeat(32));
    }

    private static List<Event> events(
            long at, String process, long call, Op op, Phase phase, List<Long> jobs, Consumer<Event.Builder> fields) {
        List<Event> events = new ArrayList<>(jobs.size());
        for (long job : jobs) {
            Event.Builder event = Event.of(at, process, call, op, phase).job(job);
            fields.accept(event);
            events.add(event.build());
        }
        return events;
    }
}
