package dev.leat.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.engine.config.ConfigException;
import dev.leat.engine.config.LeatConfig;
import dev.leat.engine.handler.JobKind;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a web page of somebody else's, a foreign machine or a slow client could try with a node that asks for no key. */
@Timeout(180)
class ForeignPagesTest {
    private static final byte[] JOB = "{\"kind\":\"nobody\"}".getBytes(UTF_8);

    @TempDir
    static Path home;

    private static Node node;

    @BeforeAll
    static void start() {
        node = new Node(
                home,
                Map.of("LEAT_SERVER_REQUEST_TIMEOUT", "1s"),
                leat -> leat.handle(JobKind.of("note", String.class), (payload, job) -> {}));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static int post(String headers) throws IOException {
        return Wire.send(node.server.port(), Wire.request("POST", "/api/v1/jobs", headers, JOB))
                .status();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Host: localhost:PORT                | 200",
                "Host: 127.0.0.1:PORT                | 200",
                "Host: [::1]:PORT                    | 200",
                "Host: LOCALHOST                     | 200",
                "Host: evil.example                  | 403",
                "Host: localhost.evil.example:PORT   | 403",
                "Host: 127.0.0.1.evil.example        | 403",
                "Host: 192.168.1.5:PORT              | 403",
                "Host: localhost:PORT;Origin: http://localhost:PORT       | 200",
                "Host: localhost:PORT;Origin: http://localhost:1          | 403",
                "Host: localhost:PORT;Origin: http://127.0.0.1:PORT       | 403",
                "Host: localhost:PORT;Origin: https://evil.example        | 403",
                "Host: localhost:PORT;Origin: null                        | 403",
                "Host: localhost:PORT;Origin: http://localhost:PORT@evil  | 403",
                "Host: localhost:PORT;Sec-Fetch-Site: cross-site          | 403",
                "Host: localhost:PORT;Sec-Fetch-Site: same-site           | 403",
                "Host: localhost:PORT;Sec-Fetch-Site: same-origin         | 200"
            })
    void onlyTheServersOwnNamesAndPagesAreLetIn(String headers, int status) throws Exception {
        String lines = headers.strip()
                .replace("PORT", String.valueOf(node.server.port()))
                .replace(";", "\r\n");
        assertThat(post(lines + "\r\nContent-Type: application/json\r\n")).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "application/json                  | 200",
                "application/json; charset=utf-8   | 200",
                "text/plain                        | 415",
                "application/x-www-form-urlencoded | 415",
                "multipart/form-data               | 415",
                "none                              | 415"
            })
    void whatAPageCanSendWithoutAskingIsNotTaken(String type, int status) throws Exception {
        String header = type == null ? "" : "Content-Type: " + type.strip() + "\r\n";
        assertThat(post("Host: localhost\r\n" + header)).isEqualTo(status);
    }

    @Test
    void aRequestWithoutAHostIsNotAnswered() throws Exception {
        assertThat(post("Content-Type: application/json\r\n")).isBetween(400, 403);
    }

    @Test
    void everyAnswerForbidsWhatTheDashboardDoesNotNeed() throws Exception {
        for (String path : new String[] {"/", "/api/v1/jobs", "/livez", "/nothing"}) {
            Wire.Answer answer =
                    Wire.send(node.server.port(), Wire.request("GET", path, "Host: localhost\r\n", new byte[0]));
            assertThat(answer.head().toLowerCase(Locale.ROOT))
                    .contains("content-security-policy: default-src 'self'")
                    .contains("x-content-type-options: nosniff")
                    .doesNotContain("access-control-allow")
                    .doesNotContain("\r\nserver:");
        }
    }

    @Test
    void aClientThatSendsItsHeadersByteByByteIsCutOff() throws Exception {
        byte[] request = Wire.request("GET", "/livez", "Host: localhost\r\nX-Long: " + "x".repeat(5_000) + "\r\n", JOB);
        dripUntilCutOff(request);
    }

    @Test
    void aClientThatSendsItsBodyByteByByteIsCutOff() throws Exception {
        byte[] request = Wire.request(
                "POST",
                "/api/v1/jobs",
                "Host: localhost\r\nContent-Type: application/json\r\n",
                " ".repeat(5_000).getBytes(UTF_8));
        dripUntilCutOff(request);
    }

    /** A byte every 20 ms, which would take far longer than the test waits. */
    private static void dripUntilCutOff(byte[] request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.server.port())) {
            OutputStream out = socket.getOutputStream();
            int[] sent = {0};
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(20))
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> {
                        try {
                            out.write(request[sent[0]++]);
                            return socket.getInputStream().available() > 0;
                        } catch (IOException closed) {
                            return true;
                        }
                    });
            assertThat(sent[0]).isLessThan(request.length);
        }
    }

    @Test
    void anAddressThatOthersCanReachIsRefused() {
        for (String host : new String[] {"0.0.0.0", "::", "192.0.2.1"}) {
            assertThatThrownBy(() -> LeatConfig.CONFIG.read(Map.of("LEAT_SERVER_HOST", host)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("server.host is " + host + ", which other machines can reach");
        }
    }
}
