package dev.leat.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.launcher.RedisServer.Version;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RedisServerTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void itStartsKeepsItsDataThroughAKillAndStops(Version version) throws IOException {
        Map<String, String> slowToLoad = Map.of("appendonly", "yes", "appendfsync", "always", "key-load-delay", "300");
        RedisServer server = RedisServer.start(version, directory, slowToLoad);
        try {
            assertThat(say(server, "EVAL \"for key = 1, 3000 do redis.call('SET', key, key) end\" 0"))
                    .startsWith("$-1");
            assertThat(say(server, "SET kept 1")).isEqualTo("+OK");
            int port = server.port();

            server.kill();
            assertThatThrownBy(() -> say(server, "PING")).isInstanceOf(IOException.class);
            server.restart();

            assertThat(server.port()).isEqualTo(port);
            assertThat(say(server, "EXISTS kept")).isEqualTo(":1");
        } finally {
            server.close();
        }
        server.close();
        assertThatThrownBy(() -> say(server, "PING")).isInstanceOf(IOException.class);
        assertThatThrownBy(server::restart).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatItDoesNotUnderstandIsToldInItsWords() {
        assertThatThrownBy(() -> RedisServer.start(Version.REDIS_7_0, directory, Map.of("no-such-setting", "1")))
                .isInstanceOf(LauncherException.class)
                .hasMessageContaining("no-such-setting");
    }

    private static String say(RedisServer server, String command) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
                BufferedReader answers =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            return String.valueOf(answers.readLine());
        }
    }
}
