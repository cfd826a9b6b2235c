package dev.leat.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.JobId;
import dev.leat.api.KindName;
import dev.leat.api.QueueName;
import dev.leat.wire.ApiException;
import dev.leat.wire.EnqueueJob;
import dev.leat.wire.Problem;
import dev.leat.wire.QueueFilter;
import dev.leat.wire.RawJson;
import dev.leat.wire.ReprioritiseJob;
import dev.leat.wire.WireJson;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers that do not answer as they should: which calls are made again, and what the caller learns. */
@Timeout(60)
class LostAnswersTest {
    private static final List<EnqueueJob> JOBS = List.of(
            new EnqueueJob(QueueName.DEFAULT, new KindName("note"), RawJson.NULL, null, null, null, null, null, null));
    private static final String QUEUES = "{\"queues\":[]}";

    /** Answers each connection with the same bytes, and closes it. */
    private static final class Stub implements AutoCloseable {
        final AtomicInteger requests = new AtomicInteger();
        private final ServerSocket socket;
        private final HttpLeatApi api;

        Stub(byte[]... answers) throws IOException {
            this(Duration.ofSeconds(20), answers);
        }

        /** @param answers the last one for ever; an empty one stands for a connection that is cut, null for silence */
        Stub(Duration patience, byte[]... answers) throws IOException {
            socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            api = new HttpLeatApi(ClientConfig.at(URI.create("http://127.0.0.1:" + socket.getLocalPort()))
                    .withCallTimeout(patience));
            Thread.ofVirtual().start(() -> serve(answers));
        }

        private void serve(byte[]... answers) {
            while (!socket.isClosed()) {
                try (Socket client = socket.accept()) {
                    skipRequest(client.getInputStream());
                    byte[] answer = answers[Math.min(requests.getAndIncrement(), answers.length - 1)];
                    if (answer == null) {
                        client.getInputStream().read();
                    } else {
                        client.getOutputStream().write(answer);
                    }
                } catch (IOException e) {
                    // The client is gone, or the test is over.
                }
            }
        }

        /** The head, and the body if there is one. */
        private static void skipRequest(InputStream in) throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.read());
            }
            String length = head.toString()
                    .toLowerCase(java.util.Locale.ROOT)
                    .replaceAll("(?s).*content-length: (\\d+).*|.*", "$1");
            in.readNBytes(length.isEmpty() ? 0 : Integer.parseInt(length));
        }

        @Override
        public void close() throws IOException {
            socket.close();
            api.close();
        }
    }

    private Stub stub;

    @AfterEach
    void close() throws IOException {
        if (stub != null) {
            stub.close();
        }
    }

    private static byte[] answer(int status, String type, String body) {
        String head = "HTTP/1.1 " + status + " X\r\ncontent-type: " + type + "\r\ncontent-length: "
                + body.getBytes(UTF_8).length + "\r\nconnection: close\r\n\r\n";
        return (head + body).getBytes(UTF_8);
    }

    private static byte[] problem(int status, String code) {
        return answer(
                status, Problem.MEDIA_TYPE, WireJson.STRICT.writeText(new Problem(status, "X", code, "a sentence")));
    }

    private static String codeOf(ThrowingCallable call) {
        String[] code = new String[1];
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ApiException.class, e -> code[0] = e.problem().code());
        return code[0];
    }

    @Test
    void whatOnlyReadsIsAskedAgain() throws IOException {
        stub = new Stub(problem(503, "STORE_UNAVAILABLE"), new byte[0], answer(200, "application/json", QUEUES));
        assertThat(stub.api.queues(QueueFilter.FIRST).queues()).isEmpty();
        assertThat(stub.requests).hasValueGreaterThanOrEqualTo(3);
    }

    @Test
    void itIsNotAskedForEver() throws IOException {
        stub = new Stub(problem(503, "STORE_UNAVAILABLE"));
        assertThat(codeOf(() -> stub.api.stats())).isEqualTo("STORE_UNAVAILABLE");
        assertThat(stub.requests).hasValue(3);
    }

    @Test
    void aRefusalIsNotAskedAgain() throws IOException {
        stub = new Stub(problem(404, "JOB_NOT_FOUND"));
        assertThat(codeOf(() -> stub.api.job(JobId.of(1, 1, 1)))).isEqualTo("JOB_NOT_FOUND");
        assertThat(stub.requests).hasValue(1);
    }

    @Test
    void enqueueingIsAskedAgainOnlyWithAKey() throws IOException {
        stub = new Stub(new byte[0]);
        assertThat(codeOf(() -> stub.api.enqueue(JOBS, null))).isEqualTo("OUTCOME_UNKNOWN");
        assertThat(stub.requests).hasValue(1);
        assertThat(codeOf(() -> stub.api.enqueue(JOBS, "key"))).isEqualTo("OUTCOME_UNKNOWN");
        assertThat(stub.requests).hasValue(4);
    }

    @Test
    void changingAJobIsAskedOnceAndPausingAQueueAgain() throws IOException {
        stub = new Stub(problem(503, "OUTCOME_UNKNOWN"));
        assertThat(codeOf(() -> stub.api.cancel(JobId.of(1, 1, 1)))).isEqualTo("OUTCOME_UNKNOWN");
        assertThat(codeOf(() -> stub.api.retry(JobId.of(1, 1, 1)))).isEqualTo("OUTCOME_UNKNOWN");
        assertThat(codeOf(() -> stub.api.reprioritise(JobId.of(1, 1, 1), new ReprioritiseJob(1))))
                .isEqualTo("OUTCOME_UNKNOWN");
        assertThat(stub.requests).hasValue(3);
        assertThat(codeOf(() -> stub.api.pause(QueueName.DEFAULT))).isEqualTo("OUTCOME_UNKNOWN");
        assertThat(stub.requests).hasValue(6);
    }

    @Test
    void silenceIsALostAnswer() throws IOException {
        stub = new Stub(Duration.ofMillis(300), (byte[]) null);
        assertThat(codeOf(() -> stub.api.cancel(JobId.of(1, 1, 1)))).isEqualTo("OUTCOME_UNKNOWN");
    }

    @Test
    void allTriesTogetherHaveOneTime() throws IOException {
        stub = new Stub(Duration.ofMillis(300), (byte[]) null);
        assertThatThrownBy(() -> stub.api.stats())
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("gave no answer within 0.3 s");
        assertThat(stub.requests).hasValue(1);
    }

    @Test
    void whereNobodySpeaksTlsIsToldWithTheWayOut() throws IOException {
        AtomicInteger connections = new AtomicInteger();
        try (ServerSocket plain = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                while (!plain.isClosed()) {
                    try (Socket client = plain.accept()) {
                        connections.incrementAndGet();
                        client.getInputStream().read();
                        client.getOutputStream().write(answer(400, "text/plain", "what?"));
                    } catch (IOException e) {
                        // The client is gone, or the test is over.
                    }
                }
            });
            String host = "://127.0.0.1:" + plain.getLocalPort();
            try (HttpLeatApi api = new HttpLeatApi(ClientConfig.at(URI.create("https" + host)))) {
                assertThatThrownBy(api::stats)
                        .isInstanceOfSatisfying(
                                ApiException.class,
                                e -> assertThat(e.problem().code()).isEqualTo("SERVER_UNREACHABLE"))
                        .hasMessageContaining("does not speak TLS")
                        .hasMessageContaining("try http" + host);
            }
            assertThat(connections).hasValue(1);
        }
    }

    /** Such as a server that waits for a request, of which no TLS handshake is the start. */
    @Test
    void whereNobodyAnswersAHandshakeIsToldWithTheWayOut() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String host = "://127.0.0.1:" + silent.getLocalPort();
            ClientConfig config =
                    ClientConfig.at(URI.create("https" + host)).withConnectTimeout(Duration.ofMillis(300));
            try (HttpLeatApi api = new HttpLeatApi(config)) {
                assertThatThrownBy(api::stats)
                        .isInstanceOfSatisfying(
                                ApiException.class,
                                e -> assertThat(e.problem().code()).isEqualTo("SERVER_UNREACHABLE"))
                        .hasMessageContaining("within 0.3 s")
                        .hasMessageContaining("so nothing was asked")
                        .hasMessageContaining("may not speak TLS")
                        .hasMessageContaining("try http" + host)
                        .hasMessageNotContaining("Start one");
            }
        }
    }

    @Test
    void anAnswerThatStopsInItsMiddleIsALostAnswerToo() throws IOException {
        byte[] half = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"
                .getBytes(ISO_8859_1);
        stub = new Stub(half);
        assertThat(codeOf(() -> stub.api.cancel(JobId.of(1, 1, 1)))).isEqualTo("OUTCOME_UNKNOWN");
    }

    @Test
    void anAnswerWithoutEndIsCutOff() throws IOException {
        byte[] head =
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n".getBytes(ISO_8859_1);
        byte[] endless = java.util.Arrays.copyOf(head, 40 << 20);
        stub = new Stub(endless);
        assertThatThrownBy(() -> stub.api.cancel(JobId.of(1, 1, 1))).hasMessageContaining("is longer than");
    }

    @Test
    void somebodyElsesAnswerIsToldAsSuch() throws IOException {
        stub = new Stub(
                answer(200, "text/html", "<html>"),
                answer(404, "text/html", "<html>"),
                answer(200, "application/json", "{\"queues\":7}"),
                answer(302, "text/plain", ""));
        for (int i = 0; i < 4; i++) {
            assertThat(codeOf(() -> stub.api.queues(QueueFilter.FIRST))).isEqualTo("ANSWER_NOT_UNDERSTOOD");
        }
    }

    @Test
    void aFieldThatANewerServerHasIsPassedOver() throws IOException {
        stub = new Stub(answer(200, "application/json", "{\"queues\":[],\"news\":{}}"));
        assertThat(stub.api.queues(QueueFilter.FIRST).queues()).isEmpty();
    }

    @Test
    void nobodyThereIsToldWithTheNextStep() throws IOException {
        stub = new Stub(new byte[0]);
        stub.socket.close();
        assertThat(codeOf(() -> stub.api.stats())).isEqualTo("SERVER_UNREACHABLE");
        assertThatThrownBy(() -> stub.api.stats()).hasMessageContaining("leat dev");
    }
}
