package dev.leat.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When connections end, and when they do not. */
@Timeout(120)
class ConnectionsTest {
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int HEADERS = 1;
    private static final int ACK = 1;

    private final ServerRig rig = new ServerRig(Map.of("LEAT_SERVER_REQUEST_TIMEOUT", "1s"));

    @AfterEach
    void close() {
        rig.close();
    }

    private static String get(String headers) {
        return "GET /livez HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
    }

    /** Two clients ask at once; one of them keeps its connection and asks again when the other's has ended. */
    @Test
    void aConnectionThatIsToBeClosedIsClosedWithItsAnswerAndNotAnInstantLater() throws Exception {
        try (RawConnection ends = new RawConnection(rig.uri("/"))) {
            RawConnection.Answer answer =
                    ends.send(get("Connection: close\r\n")).answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("alive\n");
            // Cut by the time-out of heads, which is shorter than what the server would leave to the client.
            try (RawConnection drips = new RawConnection(rig.uri("/"))) {
                Awaitility.await().until(() -> drip(drips));
                assertThat(ends.hasEnded()).isTrue();
            }
        }
    }

    @Test
    void anAnswerThatIsTheLastComesWholeAlsoIfMoreWasSentThanRead() throws Exception {
        byte[] body = new byte[1_000_000];
        try (RawConnection connection = new RawConnection(rig.uri("/"))) {
            connection.send(RawConnection.post("Host: localhost\r\nContent-Type: text/plain\r\nConnection: close\r\n"
                    + "Content-Length: " + body.length + "\r\n"));
            connection.send(body);
            RawConnection.Answer answer = connection.answer();
            assertThat(answer.status()).isEqualTo(415);
            assertThat(answer.problem().code()).isEqualTo("CONTENT_TYPE_UNSUPPORTED");
            assertThat(connection.read()).isNegative();
        }
    }

    @Test
    void aRequestThatTakesTooLongEndsItsConnection() throws Exception {
        try (RawConnection connection = new RawConnection(rig.uri("/"))) {
            connection.send(
                    RawConnection.post("Host: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n")
                            + "{");
            assertThat(connection.answer().status()).isEqualTo(408);
            assertThat(connection.read()).isNegative();
        }
    }

    @Test
    void allPipelinedRequestsAreAnsweredBeforeAConnectionThatTheLastOfThemClosesEnds() throws Exception {
        String head = "Host: localhost\r\nContent-Type: application/json\r\n";
        String job = "{\"kind\":\"nobody\"}";
        String one = RawConnection.post(head + "Content-Length: " + job.length() + "\r\n") + job;
        String last = RawConnection.post(head + "Connection: close\r\nContent-Length: " + job.length() + "\r\n") + job;
        try (RawConnection connection = new RawConnection(rig.uri("/"))) {
            connection.send(one.repeat(9) + last);
            for (int i = 0; i < 10; i++) {
                assertThat(connection.answer().status()).as("answer " + i).isEqualTo(200);
            }
            assertThat(connection.read()).isNegative();
        }
    }

    /** What the server itself refuses waits in the same line. */
    @Test
    void refusedRequestsAmongPipelinedOnesDoNotEndTheConnectionEarly() throws Exception {
        try (RawConnection connection = new RawConnection(rig.uri("/"))) {
            String stats = "GET /api/v1/stats HTTP/1.1\r\nHost: localhost\r\n\r\n";
            String foreign = "GET /livez HTTP/1.1\r\nHost: elsewhere\r\n\r\n";
            String pathless = "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n";
            connection.send(
                    stats + pathless + foreign + stats + foreign + stats.replace("Host", "Connection: close\r\nHost"));
            for (int status : new int[] {200, 200, 403, 200, 403, 200}) {
                assertThat(connection.answer().status()).isEqualTo(status);
            }
            assertThat(connection.read()).isNegative();
        }
    }

    @Test
    void anHttp2ConnectionThatOnlyPingsOutlivesTheTimeOfAHead() throws Exception {
        try (RawConnection pings = new RawConnection(rig.uri("/"))) {
            pings.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").send(frame(SETTINGS, 0, 0, new byte[0]));
            pings.send(frame(PING, 0, 0, new byte[8]));
            awaitFrame(pings, PING);
            try (RawConnection drips = new RawConnection(rig.uri("/"))) {
                Awaitility.await()
                        .pollInterval(Duration.ofMillis(20))
                        .atMost(30, TimeUnit.SECONDS)
                        .until(() -> {
                            pings.send(frame(PING, 0, 0, new byte[8]));
                            awaitFrame(pings, PING);
                            return drip(drips);
                        });
            }
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            head.writeBytes(new byte[] {(byte) 0x82, (byte) 0x86});
            head.writeBytes(field(4, "/livez"));
            head.writeBytes(field(1, "localhost"));
            pings.send(frame(HEADERS, 5, 1, head.toByteArray()));
            byte[] answer = awaitFrame(pings, HEADERS);
            assertThat(answer[0])
                    .as("the place of :status 200 in HPACK's table")
                    .isEqualTo((byte) 0x88);
        }
    }

    @Test
    void anHttp2ConnectionThatNeverBeginsIsCut() throws Exception {
        try (RawConnection connection = new RawConnection(rig.uri("/"))) {
            connection.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            assertThat(lastFrame(connection)).isIn(SETTINGS, GOAWAY);
        }
    }

    /** One more byte of a head that has no end; true once the server has closed the connection. */
    private static boolean drip(RawConnection connection) {
        try {
            connection.send("G");
            return connection.hasEnded();
        } catch (IOException closed) {
            return true;
        }
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.writeBytes(new byte[] {
            0, (byte) (payload.length >> 8), (byte) payload.length, (byte) type, (byte) flags, 0, 0, 0, (byte) stream
        });
        frame.writeBytes(payload);
        return frame.toByteArray();
    }

    /** A header field in HPACK: the name by its place in the table, the value as it is. */
    private static byte[] field(int name, String value) {
        ByteArrayOutputStream field = new ByteArrayOutputStream();
        field.write(name);
        field.write(value.length());
        field.writeBytes(value.getBytes(ISO_8859_1));
        return field.toByteArray();
    }

    private static int length(byte[] head) {
        return ((head[0] & 255) << 16) | ((head[1] & 255) << 8) | (head[2] & 255);
    }

    /** The payload of the next frame of this type that is no acknowledgement but of a ping; SETTINGS are acknowledged. */
    private static byte[] awaitFrame(RawConnection connection, int type) throws IOException {
        while (true) {
            byte[] head = connection.read(9);
            assertThat(head).as("a frame's head").hasSize(9);
            byte[] payload = connection.read(length(head));
            if (head[3] == SETTINGS && head[4] != ACK) {
                connection.send(frame(SETTINGS, ACK, 0, new byte[0]));
            }
            if (head[3] == type) {
                return payload;
            }
        }
    }

    /** The type of the last frame before the end. */
    private static int lastFrame(RawConnection connection) throws IOException {
        int last = -1;
        for (byte[] head = connection.read(9); head.length == 9; head = connection.read(9)) {
            last = head[3];
            byte[] unused = connection.read(length(head));
            assertThat(unused).isNotNull();
        }
        return last;
    }
}
