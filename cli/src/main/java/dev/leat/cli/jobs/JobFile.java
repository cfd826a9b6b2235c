package dev.leat.cli.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.api.InvalidValueException;
import dev.leat.wire.EnqueueJob;
import dev.leat.wire.LeatApi;
import dev.leat.wire.WireJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file of jobs, one as JSON in each line, in batches that fit one call. The bytes of payloads are kept as they are, and
 * lines without anything in them are passed over.
 *
 * <p>Each batch has a key that is made of what is in it and where it stands, so that the same file gives the same keys.
 */
final class JobFile {
    /** Far more than the largest payload. */
    private static final int LONGEST_LINE = 1 << 20;

    /** Half of what a server takes in one request unless configured otherwise. */
    private static final int MOST_BYTES = 8 << 20;

    private static final int MOST_MISTAKES = 20;

    private final String name;
    private final InputStream in;
    private final JobLine standard;
    private final String salt;
    private final byte[] buffer = new byte[1 << 16];
    private int filled;
    private int next;
    private long line;
    private int batches;

    /**
     * Reads from the start.
     *
     * @param name what to call the file in messages
     * @param standard what lines leave out
     * @param salt part of every key
     */
    JobFile(String name, InputStream in, JobLine standard, String salt) {
        this.name = name;
        this.in = in;
        this.standard = standard;
        this.salt = salt;
    }

    /**
     * Jobs for one call.
     *
     * @param lines of each job, in which line it stands
     */
    record Batch(List<EnqueueJob> jobs, List<Long> lines, String key) {}

    /**
     * The next batch; empty at the end.
     *
     * @throws IllegalArgumentException if a line of it is no job, with all such lines, up to twenty
     */
    Optional<Batch> batch() throws IOException {
        List<EnqueueJob> jobs = new ArrayList<>();
        List<Long> lines = new ArrayList<>();
        List<String> mistakes = new ArrayList<>();
        MessageDigest digest = digest();
        int bytes = 0;
        int read = 0;
        while (read < LeatApi.MOST_JOBS && bytes < MOST_BYTES && mistakes.size() < MOST_MISTAKES) {
            byte[] text = line();
            if (text == null) {
                break;
            }
            if (isBlank(text)) {
                continue;
            }
            read++;
            bytes += text.length;
            try {
                jobs.add(job(text));
                lines.add(line);
                digest.update(WireJson.STRICT.writeBytes(jobs.getLast()));
            } catch (InvalidValueException e) {
                mistakes.add(at(line) + (e.field().equals("body") ? e.in("line") : e).getMessage());
            }
        }
        if (!mistakes.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", mistakes));
        }
        digest.update((salt + "/" + batches++).getBytes(UTF_8));
        return jobs.isEmpty()
                ? Optional.empty()
                : Optional.of(new Batch(jobs, lines, "file-" + HexFormat.of().formatHex(digest.digest())));
    }

    /** What it is called in messages. */
    String name() {
        return name;
    }

    /** How a message about a line starts. */
    String at(long number) {
        return name + ":" + number + ": ";
    }

    private EnqueueJob job(byte[] text) {
        if (text.length > LONGEST_LINE) {
            throw new InvalidValueException(
                    "LINE_TOO_LONG", "line", "is longer than " + LONGEST_LINE + " bytes", "one job in each line");
        }
        return WireJson.STRICT.read(text, JobLine.class).job(standard);
    }

    private static boolean isBlank(byte[] text) {
        for (byte each : text) {
            if (each != ' ' && each != '\t' && each != '\r') {
                return false;
            }
        }
        return true;
    }

    /** The next line without its end, null if there is none. Of a line that is too long, a little more than is allowed. */
    private byte @Nullable [] line() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        boolean any = false;
        while (next < filled || fill()) {
            any = true;
            int end = next;
            while (end < filled && buffer[end] != '\n') {
                end++;
            }
            if (text.size() <= LONGEST_LINE) {
                text.write(buffer, next, end - next);
            }
            next = end + 1;
            if (end < filled) {
                break;
            }
        }
        if (!any) {
            return null;
        }
        line++;
        return text.toByteArray();
    }

    private boolean fill() throws IOException {
        next = 0;
        filled = Math.max(0, in.read(buffer));
        return filled > 0;
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
