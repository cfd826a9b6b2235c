package dev.leat.server.http;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.leat.wire.Problem;
import io.netty.util.AsciiString;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Lets in no request that a foreign web page could have made a browser send: the Host must be a name of this server (so that
 * no name of somebody else's can be pointed here), the Origin must be that Host, and what changes something must come as
 * JSON, which a page cannot send elsewhere without asking first.
 *
 * <p>Nor one whose path has a semicolon: what follows it would be dropped on the way, and something else done than was asked.
 */
final class Guard implements DecoratingHttpServiceFunction {
    private static final String POLICY =
            "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    /** The headers of which a second could say something else than the first to someone on the way. */
    private static final Map<String, AsciiString> ONCE = Map.of(
            "Host", HttpHeaderNames.HOST,
            "Origin", HttpHeaderNames.ORIGIN,
            "Content-Type", HttpHeaderNames.CONTENT_TYPE,
            "Content-Length", HttpHeaderNames.CONTENT_LENGTH,
            "Idempotency-Key", HttpHeaderNames.of("idempotency-key"));

    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

    private final Set<String> hosts = new TreeSet<>(List.of("localhost", "127.0.0.1", "[::1]"));

    /**
     * Lets in what is meant for this server.
     *
     * @param configured the server's address as its configuration says it
     * @param bound the address that this is
     * @param allowedHosts more names
     */
    Guard(String configured, InetAddress bound, List<String> allowedHosts) {
        hosts.add(literal(configured));
        hosts.add(literal(NetUtil.toAddressString(bound)));
        allowedHosts.forEach(host -> hosts.add(literal(host)));
    }

    /** As it stands in a URL. */
    private static String literal(String host) {
        String bare = withoutRoot(host.toLowerCase(Locale.ROOT));
        return bare.contains(":") && !bare.startsWith("[") ? "[" + bare + "]" : bare;
    }

    @Override
    public HttpResponse serve(HttpService service, ServiceRequestContext context, HttpRequest request)
            throws Exception {
        context.mutateAdditionalResponseHeaders(headers -> {
            headers.set(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff");
            headers.set(HttpHeaderNames.CONTENT_SECURITY_POLICY, POLICY);
            headers.set(HttpHeaderNames.REFERRER_POLICY, "no-referrer");
        });
        String path = context.routingContext().requestTarget().maybePathWithMatrixVariables();
        Problem refusal = path.contains(";") ? notPlain() : refusal(request.headers());
        return refusal == null ? service.serve(context, request) : Answers.problem(refusal);
    }

    private static Problem notPlain() {
        return new Problem(
                400,
                "Bad Request",
                "PATH_NOT_PLAIN",
                "The path has a semicolon, which no path has here.",
                "path",
                "a path without parameters");
    }

    private @Nullable Problem refusal(RequestHeaders headers) {
        for (Map.Entry<String, AsciiString> once : ONCE.entrySet()) {
            if (headers.getAll(once.getValue()).size() > 1) {
                return new Problem(
                        400,
                        "Bad Request",
                        "HEADER_REPEATED",
                        "The header " + once.getKey() + " is given more than once.",
                        once.getKey(),
                        "once");
            }
        }
        String authority = headers.authority();
        String host = authority == null ? "" : host(authority);
        if (!hosts.contains(host)) {
            return new Problem(
                    403,
                    "Forbidden",
                    "HOST_NOT_ALLOWED",
                    "This server does not answer to the name that the request calls it by.",
                    "Host",
                    String.join(", ", hosts) + " with any port; more by server.allowed_hosts");
        }
        String origin = headers.get(HttpHeaderNames.ORIGIN);
        if ((origin != null && !isSame(origin, String.valueOf(authority))) || isCrossSite(headers)) {
            return new Problem(
                    403,
                    "Forbidden",
                    "ORIGIN_NOT_ALLOWED",
                    "Requests of other web sites' pages are not answered.",
                    "Origin",
                    "the server's own, or none");
        }
        return READING.contains(headers.method().name()) ? null : unsupported(headers);
    }

    private static @Nullable Problem unsupported(RequestHeaders headers) {
        MediaType type = headers.contentType();
        if (type == null || !type.is(MediaType.JSON)) {
            return unsupported(
                    "CONTENT_TYPE_UNSUPPORTED",
                    "The body must be said to be JSON, also if it is empty.",
                    "Content-Type",
                    "application/json");
        }
        if (!type.parameters().getOrDefault("charset", List.of()).stream().allMatch("utf-8"::equalsIgnoreCase)) {
            return unsupported("CHARSET_UNSUPPORTED", "JSON is in UTF-8 and nothing else.", "Content-Type", "utf-8");
        }
        if (!headers.getAll(HttpHeaderNames.CONTENT_ENCODING).stream().allMatch("identity"::equalsIgnoreCase)) {
            return unsupported(
                    "CONTENT_ENCODING_UNSUPPORTED",
                    "The body must come as it is, not compressed.",
                    "Content-Encoding",
                    "identity, or none");
        }
        return null;
    }

    private static Problem unsupported(String code, String message, String header, String allowed) {
        return new Problem(415, "Unsupported Media Type", code, message, header, allowed);
    }

    /** Without the port, in lower case. */
    private static String host(String authority) {
        int colon = authority.lastIndexOf(':');
        boolean port = colon >= 0 && authority.indexOf(']', colon) < 0;
        return withoutRoot((port ? authority.substring(0, colon) : authority).toLowerCase(Locale.ROOT));
    }

    /** A dot at the end of a name says that nothing is to be put behind it. */
    private static String withoutRoot(String host) {
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    private static boolean isSame(String origin, String authority) {
        try {
            URI uri = URI.create(origin);
            return uri.getScheme() != null
                    && (uri.getScheme().equals("http") || uri.getScheme().equals("https"))
                    && authority.equalsIgnoreCase(uri.getRawAuthority());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** What a browser says of itself. A link from elsewhere that a person follows is no danger. */
    private static boolean isCrossSite(RequestHeaders headers) {
        String site = headers.get("sec-fetch-site");
        return site != null
                && !site.equals("same-origin")
                && !site.equals("none")
                && !(headers.method() == HttpMethod.GET && Objects.equals(headers.get("sec-fetch-mode"), "navigate"));
    }
}
