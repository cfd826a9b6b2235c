package dev.leat.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.server.http.OpenApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code docs/openapi.json} is what a server says of itself. Written anew by {@code -Dopenapi=write}. */
class OpenApiPageTest {
    private static final Path PAGE = Path.of("..", "docs", "openapi.json");

    @Test
    void thePageIsWhatTheServerSays() throws IOException {
        if (System.getProperty("openapi", "").equals("write")) {
            Files.write(PAGE, OpenApi.bytes());
        }
        assertThat(PAGE)
                .as("run: mvn -pl server -am test -Dtest=OpenApiPageTest -Dopenapi=write"
                        + " -Dsurefire.failIfNoSpecifiedTests=false")
                .hasBinaryContent(OpenApi.bytes());
    }
}
