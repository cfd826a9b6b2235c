package dev.leat.engine.kinds;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.store.JobRecord;
import dev.leat.engine.codec.Json;
import dev.leat.engine.config.KindsConfig;
import dev.leat.engine.rig.Gate;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real calls to a real server on this machine, which names made up here lead to. */
@Timeout(60)
class HttpCallerTest {
    private static final String ALLOWED = "allowed_hosts: [api.example]";
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private final Queue<HttpExchange> exchanges = new ConcurrentLinkedQueue<>();
    private HttpServer server;

    @TempDir
    private Path dir;

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(LOOPBACK, 0), 0);
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stopServer() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void serve(HttpHandler handler) {
        server.createContext("/", exchange -> {
            exchanges.add(exchange);
            try (exchange) {
                handler.handle(exchange);
            }
        });
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    /** Every name leads to this machine. */
    private List<InetAddress> here(String host) {
        asked.add(host);
        return List.of(LOOPBACK);
    }

    private KindsRig rig(String http) {
        return rig(http, this::here);
    }

    private static KindsRig rig(String http, Resolver resolver) {
        return rig(http, resolver, DefaultClientTlsStrategy.createDefault());
    }

    private static KindsRig rig(String http, Resolver resolver, DefaultClientTlsStrategy tls) {
        KindsConfig.Http config = KindsRig.config("http: {" + http + "}").http();
        return new KindsRig(
                leat -> BuiltinKinds.handle(leat, BuiltinKinds.HTTP, new HttpCaller(config, resolver, tls)));
    }

    private String url(String host) {
        return "http://" + host + ":" + server.getAddress().getPort() + "/x?a=b%20c";
    }

    private static String json(Map<String, ?> call) {
        return Json.STRICT.writeText(call);
    }

    private JobRecord called(KindsRig rig) {
        return rig.attempted("http", json(Map.of("url", url("api.example"))));
    }

    @Test
    void theAnswerIsTheResult() {
        serve(exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=ISO-8859-1");
            exchange.getResponseHeaders().set("X-Other", "not told");
            answer(exchange, 201, "grüße\u0000".getBytes(ISO_8859_1));
        });
        try (KindsRig rig = rig(ALLOWED)) {
            Map<?, ?> result = KindsRig.resultMap(called(rig));
            assertThat(result.get("status")).isEqualTo(201);
            assertThat(result.get("body")).isEqualTo("grüße\uFFFD");
            assertThat(result.get("truncated")).isEqualTo(false);
            assertThat((Map<?, ?>) result.get("headers"))
                    .extracting("content-type")
                    .isEqualTo("text/plain; charset=ISO-8859-1");
            assertThat(((Map<?, ?>) result.get("headers")).containsKey("x-other"))
                    .isFalse();
            assertThat((Integer) result.get("millis")).isNotNegative();
        }
    }

    @Test
    void theRequestIsWhatThePayloadSays() {
        Queue<String> bodies = new ConcurrentLinkedQueue<>();
        serve(exchange -> {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            answer(exchange, 204, new byte[0]);
        });
        try (KindsRig rig = rig(ALLOWED)) {
            JobRecord job = rig.attempted(
                    "http",
                    json(Map.of(
                            "url",
                            url("api.example"),
                            "method",
                            "PATCH",
                            "headers",
                            Map.of("Authorization", "Bearer x"),
                            "body",
                            "{\"grüße\":1}")));
            assertThat(job.state()).as(KindsRig.failure(job)).isEqualTo(JobState.COMPLETED);
            HttpExchange exchange = exchanges.remove();
            assertThat(exchange.getRequestMethod()).isEqualTo("PATCH");
            assertThat(exchange.getRequestURI()).hasToString("/x?a=b%20c");
            assertThat(exchange.getRequestHeaders().get("Host"))
                    .containsExactly("api.example:" + server.getAddress().getPort());
            assertThat(exchange.getRequestHeaders().get("Authorization")).containsExactly("Bearer x");
            assertThat(exchange.getRequestHeaders().getFirst("Content-Type")).startsWith("application/json");
            assertThat(exchange.getRequestHeaders().keySet()).doesNotContain("Upgrade", "Accept-encoding", "Cookie");
            assertThat(bodies).containsExactly("{\"grüße\":1}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
    void everyMethodWorksWithoutABody(String method) {
        serve(exchange -> answer(exchange, 200, new byte[0]));
        try (KindsRig rig = rig(ALLOWED)) {
            JobRecord job = rig.attempted("http", json(Map.of("url", url("api.example"), "method", method)));
            assertThat(KindsRig.resultMap(job).get("body")).isEqualTo("");
            assertThat(exchanges.remove().getRequestMethod()).isEqualTo(method);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "200, COMPLETED", "299, COMPLETED", "301, RETRYABLE", "304, RETRYABLE", "400, DISCARDED", "404, DISCARDED",
        "408, RETRYABLE", "410, DISCARDED", "425, RETRYABLE", "429, RETRYABLE", "500, RETRYABLE", "503, RETRYABLE"
    })
    void theStatusDecides(int status, JobState state) {
        serve(exchange -> answer(exchange, status, new byte[0]));
        try (KindsRig rig = rig(ALLOWED)) {
            JobRecord job = called(rig);
            assertThat(job.state()).isEqualTo(state);
            if (state != JobState.COMPLETED) {
                assertThat(KindsRig.failure(job))
                        .contains("GET http://api.example:", "/x answered " + status)
                        .doesNotContain("a=b");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"404, COMPLETED", "500, COMPLETED", "200, RETRYABLE"})
    void thePayloadMayExpectOtherStatuses(int status, JobState state) {
        serve(exchange -> answer(exchange, status, new byte[0]));
        try (KindsRig rig = rig(ALLOWED)) {
            JobRecord job = rig.attempted("http", json(Map.of("url", url("api.example"), "expect", List.of(404, 500))));
            assertThat(job.state()).isEqualTo(state);
        }
    }

    @ParameterizedTest
    @CsvSource({"120, PT2M", "0, PT1S", "999999999, PT24H"})
    void aServerThatAsksForTimeGetsIt(String retryAfter, Duration wait) {
        serve(exchange -> {
            exchange.getResponseHeaders().set("Retry-After", retryAfter);
            answer(exchange, 503, new byte[0]);
        });
        try (KindsRig rig = rig(ALLOWED)) {
            JobId id = rig.enqueue("http", json(Map.of("url", url("api.example"))));
            rig.await(id, JobState.RETRYABLE);
            JobRecord job = rig.find(id);
            assertThat(Duration.between(job.attempts().getFirst().endedAt(), job.dueAt()))
                    .isBetween(wait, wait.plusMillis(500));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        0                             | PT0S
        120                           | PT2M
        Wed, 21 Oct 2015 07:28:30 GMT | PT30S
        Wed, 21 Oct 2015 07:00:00 GMT | PT0S
        """)
    void aRetryAfterIsATimeOrADateByTheServersClock(String retryAfter, Duration wait) {
        Map<String, String> headers = Map.of("retry-after", retryAfter, "date", "Wed, 21 Oct 2015 07:28:00 GMT");
        assertThat(new Reply(503, headers, "", false).retryAfter()).isEqualTo(wait);
    }

    @Test
    void aRetryAfterThatIsNoneIsNotObeyed() {
        for (String text : List.of("", "soon", "-1", "1.5", "99999999999999999999", "Wed, 99 Oct 2015 07:28:30 GMT")) {
            assertThat(new Reply(503, Map.of("retry-after", text, "date", "Wed, 21 Oct 2015 07:28:00 GMT"), "", false)
                            .retryAfter())
                    .as(text)
                    .isNull();
        }
    }

    @Test
    void aRedirectIsNotFollowed() {
        serve(exchange -> {
            exchange.getResponseHeaders().set("Location", url("api.example"));
            answer(exchange, 302, new byte[0]);
        });
        try (KindsRig rig = rig(ALLOWED)) {
            assertThat(KindsRig.failure(called(rig))).endsWith("redirects are not followed");
            assertThat(exchanges).hasSize(1);
        }
    }

    @Test
    void anEndlessAnswerIsCutOff() {
        serve(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] block = "x".repeat(8_192).getBytes(UTF_8);
            try (OutputStream out = exchange.getResponseBody()) {
                while (!Thread.currentThread().isInterrupted()) {
                    out.write(block);
                }
            } catch (IOException e) {
                // The caller has had enough.
            }
        });
        try (KindsRig rig = rig(ALLOWED)) {
            Map<?, ?> result = KindsRig.resultMap(called(rig));
            assertThat((String) result.get("body")).hasSize(64 << 10);
            assertThat(result.get("truncated")).isEqualTo(true);
        }
    }

    @Test
    void theLargestAnswersFitIntoAResult() {
        byte[] body = new byte[64 << 10];
        serve(exchange -> answer(exchange, 200, body));
        try (KindsRig rig = rig(ALLOWED)) {
            for (byte each : new byte[] {0, 1, '"', '\\', '\n', (byte) 0xff, 'x'}) {
                Arrays.fill(body, each);
                assertThat(KindsRig.resultMap(called(rig)).get("truncated")).isEqualTo(false);
            }
        }
    }

    @RepeatedTest(10)
    void aServerThatDoesNotAnswerIsGivenUpOn() throws Exception {
        Gate gate = new Gate();
        serve(exchange -> gate.passStubbornly());
        try (KindsRig rig = rig(ALLOWED)) {
            JobRecord job = rig.attempted("http", json(Map.of("url", url("api.example"), "timeoutMillis", 50)));
            assertThat(job.state()).isEqualTo(JobState.RETRYABLE);
            assertThat(KindsRig.failure(job)).endsWith("took longer than 50 ms");
        } finally {
            gate.open();
        }
    }

    @Test
    void aCallEndsWhenTheWorkerCloses() throws Exception {
        Gate gate = new Gate();
        serve(exchange -> gate.passStubbornly());
        KindsRig rig = rig(ALLOWED);
        JobId id = rig.enqueue("http", json(Map.of("url", url("api.example"), "timeoutMillis", 60_000)));
        gate.awaitArrivals(1);
        rig.close();
        assertThat(rig.find(id).state()).isEqualTo(JobState.AVAILABLE);
        gate.open();
    }

    @Test
    void aServerThatIsNotThereIsTriedAgain() {
        server.stop(0);
        try (KindsRig rig = rig(ALLOWED)) {
            assertThat(called(rig).state()).isEqualTo(JobState.RETRYABLE);
        }
        try (KindsRig rig = rig(ALLOWED, host -> {
            throw new UnknownHostException(host);
        })) {
            assertThat(called(rig).state()).isEqualTo(JobState.RETRYABLE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "[::1]", "localhost", "evil.example"})
    void aHostOfThisMachineIsNotCalled(String host) {
        serve(exchange -> answer(exchange, 200, new byte[0]));
        try (KindsRig rig = rig("")) {
            JobRecord job = rig.attempted("http", json(Map.of("url", url(host))));
            assertThat(job.state()).isEqualTo(JobState.DISCARDED);
            assertThat(KindsRig.failure(job))
                    .startsWith("url names the host \"" + host + "\", whose address is not public")
                    .doesNotContain("/127");
            assertThat(exchanges).isEmpty();
        }
    }

    @Test
    void aHostWithOnePrivateAddressAmongItsAddressesIsNotCalled() {
        serve(exchange -> answer(exchange, 200, new byte[0]));
        Resolver both = host -> List.of(InetAddress.getByName("192.0.3.1"), LOOPBACK);
        try (KindsRig rig = rig("", both)) {
            assertThat(called(rig).state()).isEqualTo(JobState.DISCARDED);
        }
    }

    @Test
    void theConfigurationMayAllowThemAll() {
        serve(exchange -> answer(exchange, 200, new byte[0]));
        try (KindsRig rig = rig("allow_private_addresses: true")) {
            assertThat(called(rig).state()).isEqualTo(JobState.COMPLETED);
        }
    }

    @Test
    void anAllowedHostIsAllowedWhateverItsCaseAndOthersAreNot() {
        serve(exchange -> answer(exchange, 200, new byte[0]));
        try (KindsRig rig = rig("allowed_hosts: [API.example., '[::1]']")) {
            for (String host : List.of("api.EXAMPLE", "api.example.", "[::1]")) {
                JobRecord job = rig.attempted("http", json(Map.of("url", url(host))));
                assertThat(job.state()).as(host + ": " + KindsRig.failure(job)).isEqualTo(JobState.COMPLETED);
            }
            for (String host : List.of("xapi.example", "x.api.example", "example", "api.example.evil.example")) {
                JobRecord job = rig.attempted("http", json(Map.of("url", url(host))));
                assertThat(job.state()).as(host).isEqualTo(JobState.DISCARDED);
            }
        }
    }

    @Test
    void aNameIsAskedForOnceSoThatItCannotChangeItsMind() {
        serve(exchange -> answer(exchange, 200, new byte[0]));
        Resolver changing = host -> {
            asked.add(host);
            return asked.size() == 1 ? List.of(LOOPBACK) : List.of(InetAddress.getByName("192.0.2.1"));
        };
        try (KindsRig rig = rig(ALLOWED, changing)) {
            assertThat(called(rig).state()).isEqualTo(JobState.COMPLETED);
            assertThat(asked).containsExactly("api.example");
        }
    }

    @Test
    void tlsVerifiesTheNameAndNotTheAddress() throws Exception {
        SSLContext context = context("api.example");
        HttpsServer secure = HttpsServer.create(new InetSocketAddress(LOOPBACK, 0), 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(context));
        secure.setExecutor(threads);
        secure.createContext("/", exchange -> {
            try (exchange) {
                exchanges.add(exchange);
                answer(exchange, 200, new byte[0]);
            }
        });
        secure.start();
        String port = ":" + secure.getAddress().getPort() + "/";
        String http = "allow_private_addresses: true";
        try (KindsRig trusting = rig(http, this::here, new DefaultClientTlsStrategy(context));
                KindsRig plain = rig(http)) {
            JobRecord right = trusting.attempted("http", json(Map.of("url", "https://api.example" + port)));
            assertThat(right.state()).as(KindsRig.failure(right)).isEqualTo(JobState.COMPLETED);
            JobRecord other = trusting.attempted("http", json(Map.of("url", "https://other.example" + port)));
            assertThat(other.state()).isEqualTo(JobState.RETRYABLE);
            assertThat(KindsRig.failure(other)).contains("other.example");
            JobRecord unknown = plain.attempted("http", json(Map.of("url", "https://api.example" + port)));
            assertThat(unknown.state()).isEqualTo(JobState.RETRYABLE);
            assertThat(exchanges).hasSize(1);
        } finally {
            secure.stop(0);
        }
    }

    /** Shows a certificate for that name, made for this test alone, and trusts it. */
    private SSLContext context(String name) throws Exception {
        Path file = dir.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "server",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=dns:" + name,
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        assertThat(new String(keytool.getInputStream().readAllBytes(), UTF_8) + keytool.waitFor())
                .endsWith("0");
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, "changeit".toCharArray());
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, "changeit".toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", keys.getCertificate("server"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
