package dev.leat.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PeerTest {
    @Test
    void theVersionsThatAreToldAreThoseThatRun() throws IOException {
        String npm = resource("package.json");
        String maven = Files.readString(Path.of("../pom.xml"));

        assertThat(Peer.GRAPHILE_TUNED.description()).startsWith("0.18.0:");
        assertThat(Peer.GRAPHILE_DEFAULT.description()).startsWith("0.18.0:");
        assertThat(npm).contains("\"graphile-worker\": \"0.18.0\"");
        assertThat(npm).contains("\"pg-boss\": \"%s\"".formatted(version(Peer.PG_BOSS)));
        assertThat(maven).contains("<db-scheduler.version>%s<".formatted(version(Peer.DB_SCHEDULER)));
        assertThat(maven).contains("<jobrunr.version>%s<".formatted(version(Peer.JOBRUNR)));
    }

    @Test
    void noRegistryIsNamedInTheLock() throws IOException {
        assertThat(resource("package-lock.json")).doesNotContain("\"resolved\"");
    }

    private static String version(Peer peer) {
        return peer.description().substring(0, peer.description().indexOf(':'));
    }

    private static String resource(String file) throws IOException {
        try (InputStream in = Peer.class.getResourceAsStream("node/" + file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
