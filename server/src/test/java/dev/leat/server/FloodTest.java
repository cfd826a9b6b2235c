package dev.leat.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that ask for more than they read, or for everything at once. */
@Timeout(120)
class FloodTest {
    private static final String STATS = "GET /api/v1/stats HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");

    private static String large(ChildNode node) throws IOException {
        String job = "{\"kind\":\"nobody\",\"payload\":\"" + "x".repeat(255 << 10) + "\"}";
        try (RawConnection connection = new RawConnection(node.uri())) {
            RawConnection.Answer stored = connection
                    .send(RawConnection.post("Host: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                            + job.length() + "\r\n"))
                    .send(job)
                    .answer();
            Matcher id = ID.matcher(stored.text());
            assertThat(id.find()).as(stored.text()).isTrue();
            return "GET /api/v1/jobs/" + id.group(1) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        }
    }

    @Test
    void everyOneOfThousandsOfPipelinedRequestsIsAnswered() throws Exception {
        try (ChildNode node = ChildNode.start("60s");
                RawConnection connection = new RawConnection(node.uri())) {
            connection.send(STATS.repeat(2_000));
            for (int i = 0; i < 2_000; i++) {
                expectAnswerOrRefusal(connection);
            }
        }
    }

    /** All of them together would take three times the memory that the node has. */
    @Test
    void answersThatNobodyReadsAreNotAllMade() throws Exception {
        List<RawConnection> clients = new ArrayList<>();
        try (ChildNode node = ChildNode.start("60s")) {
            String request = large(node);
            for (int i = 0; i < 12; i++) {
                clients.add(new RawConnection(node.uri()).send(request.repeat(300)));
            }
            // When the last are through, so are the others, since requests take turns.
            for (int i = 0; i < 300; i++) {
                expectAnswerOrRefusal(clients.getLast());
            }
            for (RawConnection client : clients) {
                client.close();
            }
            Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> status(node) == 200);
        } finally {
            for (RawConnection client : clients) {
                client.close();
            }
        }
    }

    private static void expectAnswerOrRefusal(RawConnection client) throws IOException {
        RawConnection.Answer answer = client.answer();
        if (answer.status() == 503) {
            assertThat(answer.problem().code()).isEqualTo("SERVER_BUSY");
        } else {
            assertThat(answer.status()).isEqualTo(200);
        }
    }

    private static int status(ChildNode node) throws IOException {
        try (RawConnection connection = new RawConnection(node.uri())) {
            return connection.send(STATS).answer().status();
        }
    }

    @Test
    void answersThatNobodyReadsEndNeitherTheNodeNorLastForEver() throws Exception {
        List<RawConnection> clients = new ArrayList<>();
        try (ChildNode node = ChildNode.start("3s")) {
            String request = large(node);
            for (int i = 0; i < 60; i++) {
                clients.add(new RawConnection(node.uri()).send(request.repeat(100)));
            }
            try (RawConnection watcher = new RawConnection(node.uri())) {
                String metrics = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
                assertThat(watcher.send(metrics).answer().status())
                        .as("a watcher while every place is taken")
                        .isEqualTo(200);
            }
            Awaitility.await()
                    .atMost(60, TimeUnit.SECONDS)
                    .until(() ->
                            clients.stream().filter(client -> !isCut(client)).count() == 0);
            try (RawConnection connection = new RawConnection(node.uri())) {
                assertThat(connection.send(STATS).answer().status()).isEqualTo(200);
            }
        } finally {
            for (RawConnection client : clients) {
                client.close();
            }
        }
    }

    /** Whether the server has ended a connection of which nothing is read. */
    private static boolean isCut(RawConnection client) {
        try {
            client.send("G".getBytes(ISO_8859_1));
            return false;
        } catch (IOException closed) {
            return true;
        }
    }
}
