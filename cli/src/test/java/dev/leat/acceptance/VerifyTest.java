package dev.leat.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.KindName;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.driver.StoreSettings;
import dev.leat.api.store.Due;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.NewJob;
import dev.leat.launcher.PostgresServer;
import dev.leat.launcher.PostgresServerConfig;
import dev.leat.launcher.RedisServer;
import dev.leat.redis.RedisConfig;
import dev.leat.redis.RedisDriver;
import dev.leat.redis.RedisStores;
import dev.leat.wire.WireJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store of somebody else's is tried and left as it was. */
class VerifyTest {
    private static final Lane LANE = new Lane(new TenantName("main"), new QueueName("mail"), new KindName("send"));

    private static final String PASSWORD = "LEAT_TEST_PASSWORD";

    @TempDir
    Path home;

    @Test
    void aRedisOfSomebodyElse() throws Exception {
        Map<String, String> durable = Map.of("appendonly", "yes", "appendfsync", "always");
        try (RedisServer server = RedisServer.start(RedisServer.Version.REDIS_7_0, home.resolve("redis"), durable)) {
            JobId theirs = new JobId(7);
            try (RedisStores stores = RedisStores.open(RedisConfig.of(server.url()))) {
                stores.jobs().enqueue(List.of(new NewJob(theirs, 1, LANE, Payload.json("{}"), 4, 3, Due.now())));
            }

            Map<?, ?> result = verified(server.url(), "");

            assertThat(result.get("lost")).isEqualTo(0);
            assertThat(result.get("doubled")).isEqualTo(0);
            assertThat(result.get("staleAccepted")).isEqualTo(0);
            assertThat(result.get("durability")).isEqualTo("d2");
            assertThat((Map<?, ?>) result.get("capabilities"))
                    .extracting("unique-key")
                    .isEqualTo("native");
            assertThat((int) result.get("throughput")).isPositive();
            assertThat((double) result.get("p50")).isPositive();
            assertThat((double) result.get("p99")).isGreaterThanOrEqualTo((double) result.get("p50"));
            assertThat((int) result.get("acknowledged")).isPositive();
            assertThat((int) result.get("faults")).isPositive();
            assertThat((Map<?, ?>) result.get("skipped"))
                    .extracting("server-kill")
                    .isEqualTo("the store is not ours to break");

            try (RedisStores stores = RedisStores.open(RedisConfig.of(server.url()))) {
                assertThat(stores.jobs().feature(Inspect.class).orElseThrow().counts(LANE.tenant(), LANE.queue()))
                        .containsValue(1L)
                        .hasSize(1);
            }
            new RedisDriver().remove(StoreSettings.of(server.url(), null, ""));
            assertThat(say(server, "DBSIZE")).as("keys of nobody").isEqualTo(":0");
        }
    }

    @Test
    void aPostgresOfSomebodyElse() throws Exception {
        try (PostgresServer server = PostgresServer.start(PostgresServerConfig.at(home.resolve("postgres")))) {
            String schemas = "select count(*) from pg_namespace where nspname like 'leat%'";

            Map<?, ?> result =
                    verified(server.url(), server.password(), "--user", server.user(), "--password-env", PASSWORD);

            assertThat(result.get("store")).isEqualTo("postgres");
            assertThat(result.get("lost")).isEqualTo(0);
            assertThat(result.get("doubled")).isEqualTo(0);
            assertThat(result.get("staleAccepted")).isEqualTo(0);
            assertThat((int) result.get("acknowledged")).isPositive();
            assertThat((int) result.get("faults")).isPositive();
            try (Connection connection = DriverManager.getConnection(server.url(), server.user(), server.password());
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(schemas)) {
                rows.next();
                assertThat(rows.getInt(1)).as("schemas that are left").isZero();
            }
        }
    }

    private Map<?, ?> verified(String url, String password, String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "dev.leat.cli.Main"));
        Stream.of("verify", "--backend", url, "--minutes", "0.1", "--json").forEach(command::add);
        command.addAll(List.of(more));
        Path out = home.resolve("out");
        Path err = home.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put(PASSWORD, password);
        Process process = builder.start();
        try {
            assertThat(process.waitFor())
                    .as(() -> readString(out) + readString(err))
                    .isZero();
        } finally {
            process.destroyForcibly();
        }
        return WireJson.STRICT.read(readString(out).getBytes(UTF_8), Map.class);
    }

    private static String readString(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String say(RedisServer server, String command) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
                BufferedReader answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8))) {
            socket.getOutputStream().write((command + "\r\n").getBytes(UTF_8));
            return String.valueOf(answers.readLine());
        }
    }
}
