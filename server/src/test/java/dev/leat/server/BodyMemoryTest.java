package dev.leat.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What bodies may take of a server's memory: much less than all, whatever is in them and however many come at once. */
@Timeout(300)
class BodyMemoryTest {
    private static final int LARGEST = 16 << 20;
    private static final int CLIENTS = 4;
    private static final String HEAD = "Host: localhost\r\nContent-Type: application/json\r\n";
    private static final String JOB = "{\"kind\":\"nobody\"}";

    private static String post(String body) {
        return RawConnection.post(HEAD + "Content-Length: " + body.length() + "\r\n") + body;
    }

    private static String chunked(String body) {
        return RawConnection.post(HEAD + "Transfer-Encoding: chunked\r\n") + Integer.toHexString(body.length()) + "\r\n"
                + body + "\r\n0\r\n\r\n";
    }

    private static RawConnection.Answer send(ChildNode node, byte[] request) throws IOException {
        try (RawConnection connection = new RawConnection(node.uri())) {
            return connection.send(request).answer();
        }
    }

    private static RawConnection.Answer send(ChildNode node, String request) throws IOException {
        return send(node, request.getBytes(ISO_8859_1));
    }

    /** Sends a request from several clients at once, each until it gets another answer than to come again. */
    private static void sendAtOnce(ChildNode node, String request, String code) throws Exception {
        byte[] bytes = request.getBytes(ISO_8859_1);
        Callable<String> client = () -> {
            RawConnection.Answer answer = send(node, bytes);
            while (answer.status() == 503) {
                assertThat(answer.problem().code()).isEqualTo("SERVER_BUSY");
                answer = send(node, bytes);
            }
            return answer.problem().code();
        };
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<String> each : threads.invokeAll(Collections.nCopies(CLIENTS, client))) {
                assertThat(each.get()).isEqualTo(code);
            }
        }
    }

    @Test
    void aNodeThatHasNoMemoryForItsLargestBodyDoesNotStart() {
        assertThatThrownBy(() -> ChildNode.start("LEAT_SERVER_MAX_BODY", "64MiB"))
                .hasMessageContaining("server.max_body is 67108864 bytes, too much for a heap of");
    }

    @Test
    void largeBodiesDoNotEndANodeOf256Megabytes() throws Exception {
        String one = "{\"kind\":\"nobody\",\"payload\":\"" + "x".repeat(255 << 10) + "\"},";
        String payloads = "[" + one.repeat(62) + "{\"kind\":\"nobody\",\"maxAttempts\":0}]";
        String jobs = "[" + "{\"kind\":\"a\"},".repeat(1_200_000) + "{\"kind\":\"a\"}]";
        StringBuilder names = new StringBuilder("{\"kind\":\"nobody\",\"payload\":{");
        for (int i = 0; names.length() < LARGEST - 100; i++) {
            names.append('"').append(Integer.toString(i, 36)).append("\":1,");
        }
        names.append("\"\":1}}");
        try (ChildNode node = ChildNode.start("60s")) {
            sendAtOnce(node, post(jobs), "OUT_OF_RANGE");
            sendAtOnce(node, post(payloads), "OUT_OF_RANGE");
            sendAtOnce(node, post(names.toString()), "PAYLOAD_TOO_LARGE");
            sendAtOnce(node, chunked(payloads), "OUT_OF_RANGE");
            assertThat(send(node, post(JOB)).status()).isEqualTo(200);
        }
    }

    /** A node of 256 MB has room for one such body and no more. */
    private static RawConnection.Answer sendLarge(ChildNode node) throws IOException {
        return send(node, post("{\"kind\":\"nobody\",\"payload\":\"" + "x".repeat(1 << 20) + "\"}"));
    }

    private static RawConnection holdingAllRoom(ChildNode node) throws IOException {
        AtomicReference<RawConnection> holds = new AtomicReference<>(hold(node));
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> {
            boolean full = sendLarge(node).status() == 503;
            if (holds.get().hasAnswer()) {
                // It came while some of the room was not given back yet by the one before, and was refused itself.
                holds.get().close();
                holds.set(hold(node));
                return false;
            }
            return full;
        });
        return holds.get();
    }

    /** All of a body but its last byte. */
    private static RawConnection hold(ChildNode node) throws IOException {
        return new RawConnection(node.uri())
                .send(RawConnection.post(HEAD + "Content-Length: " + LARGEST + "\r\n") + " ".repeat(LARGEST - 1));
    }

    @Test
    void clientsThatOnlySayHowMuchIsToComeTakeNoRoomFromOthers() throws Exception {
        List<RawConnection> idle = new ArrayList<>();
        try (ChildNode node = ChildNode.start("60s")) {
            for (int i = 0; i < 200; i++) {
                idle.add(new RawConnection(node.uri())
                        .send(RawConnection.post(
                                HEAD + "Content-Length: " + (i % 2 == 0 ? LARGEST : 64 * 1024) + "\r\n")));
            }
            assertThat(sendLarge(node).status()).isEqualTo(413);
            assertThat(send(node, post(JOB)).status()).isEqualTo(200);
        } finally {
            for (RawConnection each : idle) {
                each.close();
            }
        }
    }

    @Test
    void whileALargeBodyIsOnItsWaySmallOnesAreTaken() throws Exception {
        try (ChildNode node = ChildNode.start("60s")) {
            try (RawConnection holds = holdingAllRoom(node)) {
                RawConnection.Answer refused = sendLarge(node);
                assertThat(refused.problem().code()).isEqualTo("SERVER_BUSY");
                assertThat(refused.head().toLowerCase(Locale.ROOT)).contains("retry-after: 1\r\n");
                for (int i = 0; i < 100; i++) {
                    assertThat(send(node, i % 2 == 0 ? post(JOB) : chunked(JOB)).status())
                            .isEqualTo(200);
                }
                assertThat(holds.hasEnded()).isFalse();
            }
            // The client that held it has gone.
            Awaitility.await().until(() -> sendLarge(node).status() == 413);
        }
    }

    @Test
    void aRequestThatTookTooLongGivesBackWhatItHeld() throws Exception {
        try (ChildNode node = ChildNode.start("10s");
                RawConnection holds = holdingAllRoom(node)) {
            assertThat(holds.answer().status()).isEqualTo(408);
            Awaitility.await().until(() -> sendLarge(node).status() == 413);
        }
    }
}
