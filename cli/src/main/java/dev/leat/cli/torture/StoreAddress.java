package dev.leat.cli.torture;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the URL of a server points.
 *
 * @param plain whether a proxy can stand in between: one server, and no certificate with its name
 */
record StoreAddress(String before, String host, int port, String behind, boolean plain) {
    private static final Pattern URL = Pattern.compile("((?:jdbc:)?([a-z]+)://)([^/?@]+)(.*)");
    private static final Pattern HOST = Pattern.compile("([^:,\\[\\]]+|\\[[^]]+])(?::(\\d+))?");

    /** Of PostgreSQL's driver: a database of this machine. */
    private static final Pattern DATABASE =
            Pattern.compile("(jdbc:postgresql:)(?:///|/{0,2}(?=\\?|$)|/?)([^/?]*(?:\\?.*)?)");

    private static final Map<String, Integer> PORTS = Map.of("postgresql", 5432);
    private static final int REDIS = 6379;

    /** Empty if the URL is of no server. */
    static Optional<StoreAddress> of(String url) {
        Matcher local = DATABASE.matcher(url);
        if (local.matches()) {
            String behind = "/" + local.group(2);
            return Optional.of(new StoreAddress(local.group(1) + "//", "localhost", 5432, behind, !isTls(behind)));
        }
        Matcher parts = URL.matcher(url);
        if (!parts.matches()) {
            return Optional.empty();
        }
        Matcher host = HOST.matcher(parts.group(3));
        boolean one = host.matches();
        boolean tls = parts.group(2).equals("rediss") || isTls(parts.group(4));
        int port = one && host.group(2) != null
                ? Integer.parseInt(host.group(2))
                : PORTS.getOrDefault(parts.group(2), REDIS);
        return Optional.of(
                new StoreAddress(parts.group(1), one ? host.group(1) : "", port, parts.group(4), one && !tls));
    }

    /** As PostgreSQL's driver reads it: {@code sslmode} in whatever case goes before {@code ssl}, which alone is as good as true. */
    private static boolean isTls(String behind) {
        Map<String, String> parameters = new HashMap<>();
        for (String each : behind.substring(behind.indexOf('?') + 1).split("&", -1)) {
            int equals = each.indexOf('=');
            parameters.put(
                    equals < 0 ? each : each.substring(0, equals),
                    equals < 0
                            ? ""
                            : URLDecoder.decode(each.substring(equals + 1), StandardCharsets.UTF_8)
                                    .toLowerCase(Locale.ROOT));
        }
        String mode = parameters.get("sslmode");
        String ssl = parameters.getOrDefault("ssl", "false");
        return mode == null ? ssl.isEmpty() || ssl.equals("true") : mode.startsWith("verify");
    }

    String through(int proxy) {
        return before + "127.0.0.1:" + proxy + behind;
    }
}
