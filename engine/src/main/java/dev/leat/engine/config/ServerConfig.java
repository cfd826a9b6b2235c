package dev.leat.engine.config;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import java.time.Duration;
import java.util.List;

/** How the server is reached and what it takes. */
public record ServerConfig(
        @Setting(value = "The address to listen on; 0.0.0.0 for all of this machine's.", defaultsTo = "127.0.0.1")
        String host,

        @Setting(
                value = "The port to listen on; with 0 the system chooses a free one.",
                defaultsTo = "8080",
                allowed = "0 to 65535")
        int port,

        @Setting(
                value = "Names that requests may give as their Host besides the address itself and localhost.",
                defaultsTo = "[]",
                allowed = "up to 1000 names",
                example = "[jobs.example.org]")
        List<String> allowedHosts,

        @Setting(
                value = "How long a request may take, from its first byte to the last of its answer.",
                defaultsTo = "30s",
                allowed = "100ms to 1h")
        Duration requestTimeout,

        @Setting(value = "The largest body of a request.", defaultsTo = "16MiB", allowed = "1KiB to 256MiB")
        ByteSize maxBody) {

    public ServerConfig {
        allowedHosts = Bounds.items("allowed_hosts", allowedHosts, 0, 1_000);
        if (host.isBlank()) {
            throw new InvalidValueException("HOST_INVALID", "host", "is empty", "a name or an address");
        }
        Checks.range("port", port, 0, 65_535);
        Checks.range("request_timeout", requestTimeout, Duration.ofMillis(100), Duration.ofHours(1));
        Bounds.size("max_body", maxBody, new ByteSize(1 << 10), new ByteSize(256 << 20));
    }
}
