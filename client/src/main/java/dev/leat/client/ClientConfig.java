package dev.leat.client;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import java.net.URI;
import java.time.Duration;

/**
 * Which server to ask, and how long to wait.
 *
 * @param server such as {@code http://127.0.0.1:8080}; with a path if the server is behind one
 * @param connectTimeout 1 ms to 1 h
 * @param callTimeout for a call with all its tries, until the last byte of its answer; 1 ms to 1 h
 */
public record ClientConfig(URI server, Duration connectTimeout, Duration callTimeout) {
    public ClientConfig {
        String scheme = String.valueOf(server.getScheme());
        boolean web = scheme.equals("http") || scheme.equals("https");
        boolean more =
                server.getRawUserInfo() != null || server.getRawQuery() != null || server.getRawFragment() != null;
        if (!web || server.getHost() == null || more) {
            // Not shown: people put passwords there.
            throw new InvalidValueException(
                    "SERVER_INVALID",
                    "server",
                    "is no http or https URL of a host, or has more than a path behind it",
                    "such as http://127.0.0.1:8080");
        }
        Checks.range("connect_timeout", connectTimeout, Duration.ofMillis(1), Duration.ofHours(1));
        Checks.range("call_timeout", callTimeout, Duration.ofMillis(1), Duration.ofHours(1));
    }

    /** With 5 s to connect and 30 s for a call. */
    public static ClientConfig at(URI server) {
        return new ClientConfig(server, Duration.ofSeconds(5), Duration.ofSeconds(30));
    }

    public ClientConfig withConnectTimeout(Duration time) {
        return new ClientConfig(server, time, callTimeout);
    }

    public ClientConfig withCallTimeout(Duration time) {
        return new ClientConfig(server, connectTimeout, time);
    }

    /** The URL without a slash at its end, so that paths can follow. */
    String base() {
        return server.toString().replaceFirst("/+$", "");
    }
}
