package dev.leat.bench.peers;

/**
 * What every job carries, about 200 bytes as JSON.
 *
 * @param n the number of the job, by which it is known whether each ran, and once
 * @param text filling
 */
public record Payload(int n, String text) {
    private static final String TEXT = "x".repeat(180);

    static Payload numbered(int n) {
        return new Payload(n, TEXT);
    }
}
