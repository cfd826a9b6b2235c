package dev.leat.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that leave in the middle of something are daily life, and the log does not tell of them but to who asks. */
@Timeout(120)
class LostClientsTest {
    private static final String HALF =
            RawConnection.post("Host: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n")
                    + "{\"kind\":";

    @Test
    void nobodyIsToldThatClientsLeft() throws Exception {
        try (ChildNode node = ChildNode.start("2s")) {
            List<RawConnection> connections = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                RawConnection connection = new RawConnection(node.uri());
                connections.add(connection);
                connection.send(i % 2 == 0 ? HALF : "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
                if (i % 2 == 1) {
                    assertThat(connection.answer().status()).isEqualTo(200);
                }
            }
            for (int i = 0; i < 20; i++) {
                if (i % 4 < 2) {
                    connections.get(i).reset();
                } else {
                    connections.get(i).close();
                }
            }
            try (RawConnection slow = new RawConnection(node.uri())) {
                assertThat(slow.send(HALF).answer().status()).isEqualTo(408);
            }
            Awaitility.await()
                    .alias("those who ask for it are told of every client that left")
                    .until(() -> node.log()
                                    .lines()
                                    .filter(line -> line.contains("DEBUG") && line.contains("client of"))
                                    .count()
                            >= 20);
            assertThat(node.log())
                    .doesNotContain("\tat ")
                    .doesNotContain(" WARN ")
                    .doesNotContain(" ERROR ");
        }
    }
}
