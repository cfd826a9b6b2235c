package dev.leat.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.wire.EnqueueAnswer;
import dev.leat.wire.Problem;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in a request's head and cannot be meant. */
@Timeout(120)
class RefusedRequestsTest {
    private static final String JOB = "{\"kind\":\"nobody\"}";
    private static final String PLAIN = "Host: localhost\r\nContent-Type: application/json\r\n";

    private static ServerRig rig;

    @BeforeAll
    static void start() {
        rig = new ServerRig();
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    private static RawConnection.Answer post(String headers) throws IOException {
        try (RawConnection connection = new RawConnection(rig.uri("/"))) {
            return connection
                    .send(RawConnection.post(headers + "Content-Length: " + JOB.length() + "\r\n") + JOB)
                    .answer();
        }
    }

    @ParameterizedTest
    @CsvSource({"gzip, 415", "br, 415", "'gzip, identity', 415", "identity, 200", "IDENTITY, 200"})
    void aBodyThatIsEncodedIsNotUnderstood(String encoding, int status) throws Exception {
        RawConnection.Answer answer = post(PLAIN + "Content-Encoding: " + encoding + "\r\n");
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        if (status == 415) {
            Problem problem = answer.problem();
            assertThat(problem.code()).isEqualTo("CONTENT_ENCODING_UNSUPPORTED");
            assertThat(problem.field()).isEqualTo("Content-Encoding");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "iso-8859-1, 415",
        "utf-16, 415",
        "no-such-charset, 415",
        "utf-8, 200",
        "UTF-8, 200",
        "'\"utf-8\"', 200",
    })
    void aBodyInAnotherCharsetIsNotUnderstood(String charset, int status) throws Exception {
        RawConnection.Answer answer =
                post("Host: localhost\r\nContent-Type: application/json; charset=" + charset + "\r\n");
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        if (status == 415) {
            assertThat(answer.problem().code()).isEqualTo("CHARSET_UNSUPPORTED");
            assertThat(answer.problem().field()).isEqualTo("Content-Type");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Host, localhost, localhost",
        "Host, localhost, evil.example",
        "Host, evil.example, localhost",
        "Content-Type, application/json, application/json",
        "Content-Type, application/json, text/plain",
        "Idempotency-Key, a, b",
        "Idempotency-Key, a, a",
        "Origin, http://localhost, http://localhost",
        "Origin, http://localhost, http://evil.example",
    })
    void whatMayBeSaidOnceIsNotSaidTwice(String name, String first, String second) throws Exception {
        String others = PLAIN.lines()
                .filter(line -> !line.startsWith(name + ":"))
                .map(line -> line + "\r\n")
                .reduce("", String::concat);
        RawConnection.Answer answer = post(others + name + ": " + first + "\r\n" + name + ": " + second + "\r\n");
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.problem().code()).isEqualTo("HEADER_REPEATED");
        assertThat(answer.problem().field()).isEqualTo(name);
    }

    @Test
    void aLengthThatIsSaidTwiceIsNotBelieved() throws Exception {
        assertThat(post(PLAIN + "Content-Length: " + JOB.length() + "\r\n").status())
                .isEqualTo(400);
        assertThat(post(PLAIN + "Content-Length: 1\r\n").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%D9%A1", "%2B1", "1.0", "0x1", "99999999999", "%EF%BC%91"})
    void aNumberIsWrittenInAsciiDigits(String number) throws Exception {
        var response = rig.get("/api/v1/jobs?limit=" + number);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(rig.read(response, Problem.class).field()).isEqualTo("limit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.2", "localhost", "::1", "0:0:0:0:0:0:0:1"})
    void aServerAnswersToTheAddressThatItIsConfiguredWith(String host) throws Exception {
        try (ServerRig other = new ServerRig(Map.of("LEAT_SERVER_HOST", host))) {
            String literal = host.contains(":") ? "[" + host + "]" : host;
            for (String name : new String[] {literal, "localhost"}) {
                try (RawConnection connection =
                        new RawConnection(URI.create("http://" + host(host) + ":" + other.server.port()))) {
                    assertThat(connection
                                    .send("GET /livez HTTP/1.1\r\nHost: " + name + ":" + other.server.port()
                                            + "\r\n\r\n")
                                    .answer()
                                    .status())
                            .as(name)
                            .isEqualTo(200);
                }
            }
        }
    }

    /** Armeria by itself drops a semicolon and what follows, so that another queue or job than the named one would be meant. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/queues/meant;not/pause",
                "/api/v1/queues/meant;/pause",
                "/api/v1/queues/meant%3Bnot/pause",
                "/api/v1/queues/meant%3bnot/pause",
                "/api/v1/queues/meant/pause;not",
                "/api/v1;not/queues/meant/pause",
                "/api/v1/jobs/JOB;not/cancel",
                "/api/v1/jobs/JOB%3Bnot/cancel",
            })
    void aPathIsTakenWholeOrNotAtAll(String path) throws Exception {
        String job = rig.read(
                        rig.post("/api/v1/jobs", "{\"kind\":\"nobody\",\"queue\":\"meant\"}"), EnqueueAnswer.class)
                .jobs()
                .getFirst()
                .id()
                .toString();
        try (RawConnection connection = new RawConnection(rig.uri("/"))) {
            RawConnection.Answer answer = connection
                    .send("POST " + path.replace("JOB", job) + " HTTP/1.1\r\n" + PLAIN + "Content-Length: 0\r\n\r\n")
                    .answer();
            assertThat(answer.status()).as(answer.text()).isEqualTo(400);
            assertThat(answer.problem().message()).isNotEmpty();
        }
        assertThat(rig.get("/api/v1/queues").body()).doesNotContain("\"paused\":true");
        assertThat(rig.get("/api/v1/jobs/" + job).body()).contains("\"state\":\"available\"");
    }

    @Test
    void aSemicolonInTheQueryIsNoConcernOfThePath() throws Exception {
        assertThat(rig.get("/api/v1/queues?cursor=;").body()).doesNotContain("PATH_NOT_PLAIN");
    }

    /** The address that a client finds under the name, in brackets if it has colons. */
    private static String host(String host) {
        return host.contains(":") ? "[::1]" : host;
    }
}
