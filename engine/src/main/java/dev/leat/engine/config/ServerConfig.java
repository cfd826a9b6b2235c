package dev.leat.engine.config;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** How the server is reached and what it takes. */
public record ServerConfig(
        @Setting(
                value = "The address to listen on. While there are no keys, only one that other machines cannot reach.",
                defaultsTo = "127.0.0.1",
                allowed = "127.0.0.1, another loopback address, or localhost")
        String host,

        @Setting(
                value = "The port to listen on; with 0 the system chooses a free one.",
                defaultsTo = "8080",
                allowed = "0 to 65535")
        int port,

        @Setting(
                value = "Names that requests may give as their Host besides the address itself and localhost.",
                defaultsTo = "[]",
                allowed = "up to 1000 names without port",
                example = "[jobs.example.org]")
        List<String> allowedHosts,

        @Setting(
                value = "How long a request may take, from its first byte to the last of its answer.",
                defaultsTo = "30s",
                allowed = "100ms to 1h")
        Duration requestTimeout,

        @Setting(value = "The largest body of a request.", defaultsTo = "16MiB", allowed = "1KiB to 256MiB")
        ByteSize maxBody) {

    private static final Pattern LITERAL = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}|[0-9a-f.]*:[0-9a-f:.]*");

    public ServerConfig {
        allowedHosts = Bounds.hosts("allowed_hosts", allowedHosts, 1_000);
        if (!address(host).isLoopbackAddress()) {
            throw hostInvalid("is " + host + ", which other machines can reach, and there are no keys yet");
        }
        Checks.range("port", port, 0, 65_535);
        Checks.range("request_timeout", requestTimeout, Duration.ofMillis(100), Duration.ofHours(1));
        Bounds.size("max_body", maxBody, new ByteSize(1 << 10), new ByteSize(256 << 20));
    }

    /** The address that {@link #host} stands for; always one of this machine alone. */
    public InetAddress address() {
        return address(host);
    }

    /** Without asking anybody, so that what a file means does not depend on the network. */
    private static InetAddress address(String host) {
        if (host.equals("localhost")) {
            return InetAddress.getLoopbackAddress();
        }
        try {
            if (LITERAL.matcher(host).matches()) {
                return InetAddress.getByName(host);
            }
        } catch (UnknownHostException e) {
            // It only looks like an address.
        }
        throw hostInvalid(host.isBlank() ? "is empty" : "is " + Checks.shown(host) + ", which is no address");
    }

    private static InvalidValueException hostInvalid(String problem) {
        return new InvalidValueException("HOST_INVALID", "host", problem, "127.0.0.1, ::1 or localhost");
    }
}
