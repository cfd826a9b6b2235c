package dev.leat.cli.demo;

import dev.leat.api.JobState;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The line that tells how far it is: rewritten in place on a terminal, else a new line every few seconds. */
final class Progress {
    private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final PrintWriter err;
    private final boolean terminal;
    private final long startedAt = System.nanoTime();
    private final long doneBefore;
    private long lineAt;
    private int width;

    /** @param doneBefore jobs that had ended before this process began, which say nothing of its speed */
    Progress(PrintWriter err, boolean terminal, long doneBefore) {
        this.err = err;
        this.terminal = terminal;
        this.doneBefore = doneBefore;
        lineAt = startedAt;
    }

    double seconds() {
        return (System.nanoTime() - startedAt) / 1e9;
    }

    void show(Map<JobState, Long> counts, boolean listed) {
        if (!terminal && System.nanoTime() < lineAt) {
            return;
        }
        lineAt = System.nanoTime() + LINE_NANOS;
        String line = line(counts, listed, seconds(), doneBefore);
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

    static String line(Map<JobState, Long> counts, boolean listed, double seconds, long doneBefore) {
        long done = counts.getOrDefault(JobState.COMPLETED, 0L);
        long failed = counts.getOrDefault(JobState.DISCARDED, 0L);
        long running = counts.getOrDefault(JobState.RUNNING, 0L);
        long all = counts.values().stream().mapToLong(Long::longValue).sum();
        double rate = seconds > 0 ? (done + failed - doneBefore) / seconds : 0;
        String left =
                !listed ? "listing files" : rate > 0 ? "ETA " + duration((all - done - failed) / rate) : "ETA unknown";
        return String.format(
                "%,d of %,d%s done, %,d running, %,d failed, %,.0f jobs/s, %s",
                done, all, listed ? "" : "+", running, failed, rate, left);
    }

    private static String duration(double seconds) {
        long whole = (long) Math.ceil(seconds);
        return whole < 60
                ? whole + " s"
                : whole < 3_600
                        ? whole / 60 + " min " + whole % 60 + " s"
                        : whole / 3_600 + " h " + whole % 3_600 / 60 + " min";
    }
}
