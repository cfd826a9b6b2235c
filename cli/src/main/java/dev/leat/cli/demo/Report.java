package dev.leat.cli.demo;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.AttemptRecord;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobHead;
import dev.leat.api.store.JobQuery;
import dev.leat.api.store.JobRecord;
import dev.leat.cli.screen.Text;
import dev.leat.engine.codec.Json;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What came of all files, read page by page from the store. */
final class Report {
    private static final int LISTED = 20;

    private final Map<String, Copies> byHash = new HashMap<>();
    private final List<String> failed = new ArrayList<>();
    private long jobs;
    private long completed;
    private long discarded;
    private long ranAgain;
    private long retried;
    private long bytes;
    private long lines;

    private Report() {}

    /** Reads everything, and writes it to a file on the way if one is given. */
    static Report read(Inspect store, @Nullable Path export) throws IOException {
        Report report = new Report();
        if (export == null) {
            forEachJob(store, job -> report.add(Entry.of(job)));
            return report;
        }
        Path part = export.resolveSibling(export.getFileName() + ".part");
        try (BufferedWriter out = Files.newBufferedWriter(part, StandardCharsets.UTF_8)) {
            forEachJob(store, job -> {
                Entry entry = Entry.of(job);
                report.add(entry);
                out.append(Json.STRICT.writeText(entry.json())).append('\n');
            });
        }
        Files.move(part, export, StandardCopyOption.REPLACE_EXISTING);
        return report;
    }

    private static void forEachJob(Inspect store, ToJob consumer) throws IOException {
        JobQuery query = JobQuery.of(TenantName.MAIN, new QueueName(FileSummer.QUEUE));
        @Nullable JobId last = null;
        for (List<JobHead> page = store.list(query); !page.isEmpty(); page = store.list(query.from(last))) {
            // A file's name and its sums are small, whatever the file is.
            List<JobId> ids = page.stream().map(JobHead::id).toList();
            for (JobRecord job : store.find(query.tenant(), ids)) {
                consumer.accept(job);
            }
            last = ids.getLast();
        }
    }

    /** The names of all files that have a job. */
    static void forEachFile(Inspect store, Consumer<FileName> consumer) throws IOException {
        forEachJob(store, job -> consumer.accept(Entry.of(job).file));
    }

    private void add(Entry entry) {
        jobs++;
        ranAgain += entry.lost ? 1 : 0;
        retried += entry.failedRuns ? 1 : 0;
        if (entry.sum != null) {
            completed++;
            bytes += entry.sum.size();
            lines += entry.sum.lines();
            byHash.computeIfAbsent(entry.sum.sha256(), hash -> new Copies()).add(entry.sum);
        } else if (entry.state == JobState.DISCARDED) {
            discarded++;
            if (failed.size() < LISTED) {
                failed.add(entry.file.shown() + ": " + Text.shown(String.valueOf(entry.reason)));
            }
        }
    }

    private long duplicates() {
        return byHash.values().stream().mapToLong(copies -> copies.files - 1).sum();
    }

    private long groups() {
        return byHash.values().stream().filter(copies -> copies.files > 1).count();
    }

    private long duplicateBytes() {
        return byHash.values().stream()
                .mapToLong(copies -> (copies.files - 1) * copies.size)
                .sum();
    }

    void print(PrintWriter out, double seconds, long ranHere, FileTree.Unlisted unlisted) {
        out.printf("jobs        %,d: %,d completed, %,d failed%n", jobs, completed, discarded);
        out.printf("time        %.1f s, %,.0f jobs/s%n", seconds, seconds > 0 ? ranHere / seconds : 0);
        out.printf("read        %,d bytes, %,d lines%n", bytes, lines);
        out.printf(
                "duplicates  %,d files have the content of another, in %,d groups; %,d bytes%n",
                duplicates(), groups(), duplicateBytes());
        out.printf("ran again   %,d jobs, because their worker died; %,d because they failed%n", ranAgain, retried);
        failed.forEach(line -> out.println("failed      " + line));
        if (discarded > failed.size()) {
            out.printf("failed      ... and %,d more; --export lists them all%n", discarded - failed.size());
        }
        unlisted.first().forEach(line -> out.println("not listed  " + line));
        if (unlisted.count() > unlisted.first().size()) {
            out.printf(
                    "not listed  ... and %,d more%n",
                    unlisted.count() - unlisted.first().size());
        }
        out.flush();
    }

    String json(double seconds, long ranHere, FileTree.Unlisted unlisted) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("jobs", jobs);
        json.put("completed", completed);
        json.put("failed", discarded);
        json.put("seconds", Math.round(seconds * 1000) / 1000.0);
        json.put("jobsPerSecond", Math.round(seconds > 0 ? ranHere / seconds : 0));
        json.put("bytes", bytes);
        json.put("lines", lines);
        json.put("duplicateFiles", duplicates());
        json.put("duplicateGroups", groups());
        json.put("duplicateBytes", duplicateBytes());
        json.put("ranAgain", ranAgain);
        json.put("retried", retried);
        json.put("notListed", unlisted.count());
        return Json.STRICT.writeText(json);
    }

    private interface ToJob {
        void accept(JobRecord job) throws IOException;
    }

    private static final class Copies {
        private long files;
        private long size;

        void add(FileSum sum) {
            files++;
            size = sum.size();
        }
    }

    /** One file's job. */
    private record Entry(
            FileName file,
            JobState state,
            int attempts,
            boolean lost,
            boolean failedRuns,
            @Nullable FileSum sum,
            @Nullable String reason) {
        static Entry of(JobRecord job) {
            return new Entry(
                    Json.STRICT.read(job.payload().bytes(), FileName.class),
                    job.state(),
                    job.attempt(),
                    ended(job, AttemptRecord.Ended.LOST),
                    ended(job, AttemptRecord.Ended.FAILED),
                    job.result() == null ? null : Json.STRICT.read(job.result().bytes(), FileSum.class),
                    job.failure() == null ? null : job.failure().message());
        }

        private static boolean ended(JobRecord job, AttemptRecord.Ended how) {
            return job.attempts().stream().anyMatch(attempt -> attempt.ended() == how);
        }

        Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("path", file.text());
            file.base64IfNotText().ifPresent(base64 -> json.put("pathBase64", base64));
            if (sum != null) {
                json.put("size", sum.size());
                json.put("lines", sum.lines());
                json.put("sha256", sum.sha256());
            }
            json.put("attempts", attempts);
            json.put("state", state.word());
            if (reason != null) {
                json.put("error", reason);
            }
            return json;
        }
    }
}
