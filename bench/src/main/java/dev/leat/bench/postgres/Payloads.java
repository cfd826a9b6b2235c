package dev.leat.bench.postgres;

/** What jobs carry. */
final class Payloads {
    /** 200 bytes of JSON. */
    static final String SMALL = ofBytes(200);

    private Payloads() {}

    /** Text whose JSON has so many bytes, at least 2. */
    static String ofBytes(int bytes) {
        String line =
                "{'to': 'someone@example.org', 'subject': 'Your order has left our house', 'lines': [1, 2, 3, 5, 8]} ";
        return line.repeat(bytes / line.length() + 1).substring(0, bytes - 2);
    }
}
