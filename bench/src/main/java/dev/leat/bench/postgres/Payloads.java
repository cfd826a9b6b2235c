package dev.leat.bench.postgres;

import java.util.SplittableRandom;

/** What jobs carry: text that hardly compresses, so that all of it must be written, and the same in every run. */
final class Payloads {
    /** 200 bytes of JSON. */
    static final String SMALL = ofBytes(200);

    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

    private Payloads() {}

    /** Text whose JSON has so many bytes, at least 2. */
    static String ofBytes(int bytes) {
        SplittableRandom random = new SplittableRandom(bytes);
        StringBuilder text = new StringBuilder(bytes);
        for (int i = 2; i < bytes; i++) {
            text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return text.toString();
    }
}
