package dev.leat.cli.demo;

import dev.leat.engine.handler.Handler;
import dev.leat.engine.handler.JobContext;
import dev.leat.engine.handler.JobKind;
import dev.leat.engine.handler.RetryPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;

/** The handler of the demo's jobs: reads one file to its end. */
final class FileSummer implements Handler<FileName> {
    static final String QUEUE = "demo";

    static final JobKind<FileName> KIND = JobKind.of("demo.file-sum", FileName.class)
            .in(QUEUE)
            .withMaxAttempts(3)
            .withRetry(new RetryPolicy(Duration.ofMillis(200), 3, Duration.ofSeconds(2), false));

    private static final int BUFFER = 64 * 1024;

    @Override
    public void handle(FileName file, JobContext job) throws IOException {
        job.result(sum(file.path()));
    }

    private static FileSum sum(Path path) throws IOException {
        try {
            if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isRegularFile()) {
                throw new IOException("is no regular file any more");
            }
            try (InputStream in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
                return sum(in);
            }
        } catch (NoSuchFileException e) {
            throw new IOException("no such file", e);
        } catch (AccessDeniedException e) {
            throw new IOException("permission denied", e);
        }
    }

    static FileSum sum(InputStream in) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[BUFFER];
        long size = 0;
        long lines = 0;
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            if (Thread.interrupted()) {
                throw new IOException("interrupted");
            }
            digest.update(buffer, 0, n);
            size += n;
            for (int i = 0; i < n; i++) {
                if (buffer[i] == '\n') {
                    lines++;
                }
            }
        }
        return new FileSum(size, lines, HexFormat.of().formatHex(digest.digest()));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
