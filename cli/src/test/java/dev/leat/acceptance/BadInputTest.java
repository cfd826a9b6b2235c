package dev.leat.acceptance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.engine.handler.JobKind;
import dev.leat.wire.EnqueueAnswer;
import dev.leat.wire.JobView;
import dev.leat.wire.Problem;
import dev.leat.wire.Route;
import dev.leat.wire.WireJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Thousands of requests that nobody sends by accident: each is answered, none with 5xx, and what is taken comes back as it was. */
@Timeout(300)
class BadInputTest {
    private static final int INPUTS = 2_400;
    private static final long SEED = 20_261_122;

    private static final List<String> TEXTS = List.of(
            "",
            "a",
            "A",
            "..",
            "../../etc/passwd",
            "%2e%2e%2f",
            "%",
            "%zz",
            "%00",
            "a%00b",
            "a/b",
            "a%2Fb",
            "?",
            "#",
            "a b",
            "a+b",
            "'; drop table leat.job; --",
            "<script>alert(1)</script>",
            "\u00e4\u00f6",
            "%ff%fe",
            "%c0%af",
            "%ed%a0%80",
            "x".repeat(63),
            "x".repeat(64),
            "x".repeat(7_000),
            "-1",
            "0",
            "9007199254740993",
            "9223372036854775808",
            "18446744073709551616",
            "1e400",
            "NaN",
            "null",
            "true",
            "__proto__",
            "0000000000000",
            "7zzzzzzzzzzzz",
            "7zzzzzzzzzzzy",
            "8000000000000",
            "0000002000000",
            "{}",
            "[]",
            "${jndi:ldap://x}",
            "{{7*7}}",
            "\\u0000",
            "2026-02-30T00:00:00Z",
            "2016-12-31T23:59:60Z",
            "+10000-01-01T00:00:00Z",
            "-999999999-01-01T00:00:00Z");

    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "0",
            "-0.0",
            "1e400",
            "-1e131071",
            "9007199254740993",
            "9223372036854775807",
            "9223372036854775808",
            "18446744073709551616",
            "1".repeat(1_000),
            "1".repeat(1_001),
            "0." + "3".repeat(990),
            "\"\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"\\udc00\\ud800\"",
            "\"\u2028\u202e\u200d\ufeff\"",
            "\"A\u030a\u00c5\"",
            "\"<img src=x onerror=alert(1)>\"",
            "{}",
            "[]",
            "{\"__proto__\":{\"a\":1},\"constructor\":1}",
            "{\"a\":1,\"a\":2}",
            "{\"@class\":\"java.lang.Runtime\"}",
            "[".repeat(98) + "]".repeat(98),
            "[".repeat(101) + "]".repeat(101),
            "[".repeat(100_000),
            "{\"a\":".repeat(101) + "1" + "}".repeat(101),
            "\"" + "x".repeat(256 * 1024 - 2) + "\"",
            "\"" + "x".repeat(256 * 1024 - 1) + "\"",
            "\"" + "\u00e4".repeat(128 * 1024) + "\"",
            " [ 1 , 2 ,\n\t3 ] ",
            "{\"k\": 1.10, \"j\" :\t[ ] }",
            "01",
            "+1",
            "1.",
            ".5",
            "NaN",
            "Infinity",
            "'x'",
            "{a:1}",
            "[1,]",
            "// x",
            "\"\t\"",
            "\"unended",
            "tru",
            "\ufeff1",
            "undefined");

    private static final List<String> FIELDS = List.of(
            "queue",
            "kind",
            "payload",
            "priority",
            "maxAttempts",
            "runAt",
            "delayMillis",
            "prority",
            "id",
            "",
            "__proto__");

    @TempDir
    Path home;

    private final RandomGenerator random =
            RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);

    private record Empty() {}

    /** A request, and the payload in it if it has one that may be taken. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Input(Route route, byte[] bytes, byte[] payload) {}

    @Test
    void everyBadInputIsAnsweredAndNothingThatIsTakenChanges(TestReporter reporter) throws Exception {
        Map<Integer, Integer> statuses = new TreeMap<>();
        int taken = 0;
        try (Node node = new Node(
                home,
                Map.of("LEAT_SERVER_REQUEST_TIMEOUT", "10s"),
                leat -> leat.handle(JobKind.of("note", Empty.class), (payload, job) -> {}))) {
            int port = node.server.port();
            for (int i = 0; i < INPUTS; i++) {
                Input input = input(i % 2 == 0 ? Route.ENQUEUE : Route.ALL.get(i / 2 % Route.ALL.size()), port);
                Wire.Answer answer = Wire.send(port, input.bytes);
                String shown = new String(input.bytes, ISO_8859_1);
                String what = "input " + i + ": " + shown.substring(0, Math.min(400, shown.length())) + " -> "
                        + answer.head() + " " + answer.text();
                assertThat(answer.status()).as(what).isBetween(200, 499);
                statuses.merge(answer.status(), 1, Integer::sum);
                if (answer.status() >= 400) {
                    Problem problem = WireJson.STRICT.read(answer.body(), Problem.class);
                    assertThat(problem.status()).as(what).isEqualTo(answer.status());
                    assertThat(problem.code()).as(what).matches("[A-Z0-9_]+");
                    assertThat(answer.text()).as(what).doesNotContain("Exception", "jackson", "java.");
                } else if (input.payload != null) {
                    taken++;
                    var id = WireJson.STRICT
                            .read(answer.body(), EnqueueAnswer.class)
                            .jobs()
                            .getFirst()
                            .id();
                    Wire.Answer shownJob = Wire.send(
                            port, Wire.request("GET", "/api/v1/jobs/" + id, "Host: localhost\r\n", new byte[0]));
                    String text = WireJson.STRICT
                            .read(shownJob.body(), JobView.class)
                            .payload()
                            .text();
                    assertThat(text.getBytes(UTF_8)).as(what).isEqualTo(input.payload);
                }
            }
            assertThat(Wire.send(port, Wire.request("GET", "/readyz", "Host: localhost\r\n", new byte[0]))
                            .status())
                    .isEqualTo(200);
        }
        reporter.publishEntry("answers by status", statuses + ", payloads compared: " + taken);
        assertThat(taken).as("payloads that were taken and compared").isGreaterThan(50);
        assertThat(statuses.getOrDefault(400, 0)).isGreaterThan(INPUTS / 3);
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private Input input(Route route, int port) {
        String target = route.path();
        for (Route.Parameter parameter : route.parameters()) {
            if (parameter.place() == Route.Place.PATH) {
                target = target.replace("{" + parameter.name() + "}", inPath(any(TEXTS)));
            }
        }
        List<String> query = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            List<String> names = new ArrayList<>(List.of("x", "limit", "queue", "__proto__", "%00"));
            route.parameters().forEach(each -> names.add(each.name()));
            query.add(any(names) + "=" + inPath(any(TEXTS)));
        }
        boolean enqueue = route.equals(Route.ENQUEUE);
        if (!query.isEmpty() && (!enqueue || random.nextInt(4) == 0)) {
            target += "?" + String.join("&", query);
        }
        StringBuilder headers = new StringBuilder("Host: localhost:" + port + "\r\n");
        if (route.method() == Route.Method.POST && random.nextInt(20) > 0) {
            headers.append("Content-Type: application/json\r\n");
        }
        if (random.nextInt(10) == 0) {
            headers.append(any(List.of("Idempotency-Key", "Last-Event-ID", "X-Odd", "Accept", "Accept-Encoding")))
                    .append(": ")
                    .append(inHeader(any(TEXTS)))
                    .append("\r\n");
        }
        if (!enqueue) {
            byte[] body = route.method() == Route.Method.POST ? any(VALUES).getBytes(UTF_8) : new byte[0];
            return new Input(route, Wire.request(route.method().name(), target, headers.toString(), body), null);
        }
        return enqueue(target, headers.toString());
    }

    private Input enqueue(String target, String headers) {
        return switch (random.nextInt(5)) {
            case 0 -> {
                // Any payload in an otherwise good job.
                String value = any(VALUES);
                byte[] body = ("{\"kind\":\"nobody\",\"payload\":" + value + "}").getBytes(UTF_8);
                yield new Input(
                        Route.ENQUEUE,
                        Wire.request("POST", target, headers, body),
                        value.strip().getBytes(UTF_8));
            }
            case 1 -> {
                // Any value in any field.
                String body = "{\"kind\":\"nobody\",\"" + any(FIELDS) + "\":" + any(VALUES) + "}";
                yield new Input(Route.ENQUEUE, Wire.request("POST", target, headers, body.getBytes(UTF_8)), null);
            }
            case 2 -> {
                // No job at all.
                String value = any(VALUES);
                String body = random.nextBoolean() ? value : "[" + value + "]";
                yield new Input(Route.ENQUEUE, Wire.request("POST", target, headers, body.getBytes(UTF_8)), null);
            }
            case 3 -> {
                // A good job with a text in every field that takes one.
                String body = "{\"kind\":\"%s\",\"queue\":\"%s\",\"runAt\":\"%s\"}"
                        .formatted(inJson(any(TEXTS)), inJson(any(TEXTS)), inJson(any(TEXTS)));
                yield new Input(Route.ENQUEUE, Wire.request("POST", target, headers, body.getBytes(UTF_8)), null);
            }
            default -> {
                // A good job with some bytes that are not.
                byte[] body = "{\"kind\":\"nobody\",\"queue\":\"mail\",\"payload\":{\"text\":\"hello\",\"n\":[1,2,3]}}"
                        .getBytes(UTF_8);
                for (int i = random.nextInt(4); i >= 0; i--) {
                    body[random.nextInt(body.length)] = (byte) random.nextInt(256);
                }
                yield new Input(Route.ENQUEUE, Wire.request("POST", target, headers, body), null);
            }
        };
    }

    private static String inJson(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private static String inHeader(String text) {
        return text.replace("\r", "").replace("\n", "").substring(0, Math.min(text.length(), 1_000));
    }

    /** As a careless client would put it there: only what would end the request line is left out. */
    private static String inPath(String text) {
        return text.replace(" ", "%20").replace("#", "%23");
    }
}
