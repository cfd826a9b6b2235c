package dev.leat.cli.demo;

import dev.leat.api.JobState;
import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The line that tells how far it is: rewritten in place on a terminal, else a new line every few seconds. */
final class Progress {
    private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long RATE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final PrintWriter err;
    private final boolean terminal;
    private final long startedAt = System.nanoTime();
    private final Deque<Moment> recent = new ArrayDeque<>();
    private long lineAt;
    private int width;

    Progress(PrintWriter err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
        lineAt = startedAt;
    }

    double seconds() {
        return (System.nanoTime() - startedAt) / 1e9;
    }

    void show(Map<JobState, Long> counts, boolean listed) {
        double rate = rate(new Moment(System.nanoTime(), ended(counts)));
        if (!terminal && System.nanoTime() < lineAt) {
            return;
        }
        lineAt = System.nanoTime() + LINE_NANOS;
        String line = line(counts, listed, rate);
        if (terminal) {
            err.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
            width = line.length();
        } else {
            err.println(line);
        }
        err.flush();
    }

    /** Leaves the line as it stands. */
    void end() {
        if (terminal && width > 0) {
            err.println();
        }
    }

    /** Jobs a second over the last few seconds: the start, with its cold workers, says nothing of what is to come. */
    private double rate(Moment now) {
        recent.addLast(now);
        while (now.at - recent.getFirst().at > RATE_NANOS) {
            recent.removeFirst();
        }
        Moment then = recent.getFirst();
        return now.at == then.at ? 0 : (now.ended - then.ended) * 1e9 / (now.at - then.at);
    }

    static long ended(Map<JobState, Long> counts) {
        return counts.entrySet().stream()
                .filter(entry -> entry.getKey().isFinal())
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    static String line(Map<JobState, Long> counts, boolean listed, double rate) {
        long done = counts.getOrDefault(JobState.COMPLETED, 0L);
        long failed = counts.getOrDefault(JobState.DISCARDED, 0L);
        long running = counts.getOrDefault(JobState.RUNNING, 0L);
        long all = counts.values().stream().mapToLong(Long::longValue).sum();
        String left =
                !listed ? "listing files" : rate > 0 ? "ETA " + duration((all - done - failed) / rate) : "ETA unknown";
        return String.format(
                "%,d of %,d%s done, %,d running, %,d failed, %,.0f jobs/s, %s",
                done, all, listed ? "" : "+", running, failed, rate, left);
    }

    private static String duration(double seconds) {
        long whole = (long) Math.ceil(seconds);
        if (whole < 60) {
            return whole + " s";
        }
        return whole < 3_600
                ? whole / 60 + " min " + whole % 60 + " s"
                : whole / 3_600 + " h " + whole % 3_600 / 60 + " min";
    }

    private record Moment(long at, long ended) {}
}
