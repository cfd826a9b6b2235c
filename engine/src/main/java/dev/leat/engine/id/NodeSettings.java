package dev.leat.engine.id;

import dev.leat.api.Checks;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * What a node says about itself and how long it holds its number.
 *
 * @param metadata where it runs
 * @param lease how far ahead the right to make ids is confirmed, 5 s to 1 day; so long ids can be made while the control
 *     store is away, and so long a number stays taken after a crash
 * @param patience how long a caller waits for an id that cannot be made yet, 0 to 1 minute
 */
public record NodeSettings(NodeRecord.Metadata metadata, Duration lease, Duration patience) {
    public static final Duration DEFAULT_LEASE = Duration.ofSeconds(60);
    public static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(10);

    public NodeSettings {
        Checks.range("lease", lease, Duration.ofSeconds(5), Duration.ofDays(1));
        Checks.range("patience", patience, Duration.ZERO, Duration.ofMinutes(1));
    }

    /** The defaults for the process we are in. */
    public static NodeSettings ofThisProcess(String version) {
        long pid = ProcessHandle.current().pid();
        return new NodeSettings(new NodeRecord.Metadata(host(), pid, version), DEFAULT_LEASE, DEFAULT_PATIENCE);
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
