package dev.leat.engine.kinds;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The end of what a program wrote: the last 64 KiB, read to the end so that the program never waits for its reader. */
final class Tail {
    private static final int MOST_BYTES = 64 << 10;

    /** Written round and round. */
    private final byte[] ring = new byte[MOST_BYTES];

    private long written;

    void readAll(InputStream in) {
        byte[] buffer = new byte[8 << 10];
        try (in) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                add(buffer, read);
            }
        } catch (IOException e) {
            // The program was killed: what it wrote before is all there is.
        }
    }

    private synchronized void add(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            ring[(int) (written++ % MOST_BYTES)] = bytes[i];
        }
    }

    synchronized boolean isTruncated() {
        return written > MOST_BYTES;
    }

    /** As UTF-8; what is none, and control characters, are U+FFFD, which bounds the size of its JSON. */
    synchronized String text() {
        int length = (int) Math.min(written, MOST_BYTES);
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = ring[(int) ((written - length + i) % MOST_BYTES)];
        }
        return new String(bytes, StandardCharsets.UTF_8).replaceAll("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f]", "\uFFFD");
    }

    /** Its end, for a sentence that tells of a failure. */
    String told(int chars) {
        String text = text().strip();
        return text.isEmpty() ? "" : ": " + text.substring(Math.max(0, text.length() - chars));
    }
}
