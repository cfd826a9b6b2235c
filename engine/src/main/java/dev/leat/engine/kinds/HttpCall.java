package dev.leat.engine.kinds;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The payload of an {@code http} job: calls a URL once per attempt. What JSON leaves out has its default.
 *
 * @param url {@code http} or {@code https} with the name or address of a host, at most 8,192 characters; no user, no fragment
 * @param method GET, HEAD, POST, PUT, PATCH or DELETE; GET if unsaid
 * @param headers at most 50; none that say how the message itself is carried, such as Host or Content-Length
 * @param body sent as UTF-8, as {@code application/json} unless the headers say otherwise; null for none; not for GET and HEAD
 * @param timeoutMillis for the whole call, 1 to 60,000; 10,000 if unsaid
 * @param expect the statuses that complete the job, each 200 to 599, at most 50; 200 to 299 if unsaid or empty
 */
public record HttpCall(
        String url,
        String method,
        Map<String, String> headers,
        @Nullable String body,
        Integer timeoutMillis,
        List<Integer> expect) {

    private static final int LONGEST_URL = 8_192;
    private static final int MOST_HEADERS = 50;
    private static final int LONGEST_HEADER = 8_192;
    private static final int LONGEST_MILLIS = 60_000;
    private static final List<String> METHODS = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");
    private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD");
    private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}");
    private static final Pattern HEADER_VALUE = Pattern.compile("[\\t\\x20-\\x7e]*");
    /** The last part of a name starts with a letter, and an address has one form: no octal, no address in one number. */
    private static final Pattern HOST = Pattern.compile("(?:[A-Za-z0-9-]{1,63}\\.)*[A-Za-z][A-Za-z0-9-]{0,62}\\.?"
            + "|(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\\.(?!$)|$)){4}"
            + "|\\[[0-9A-Fa-f:.]{2,45}\\]");

    /** They belong to the connection: who sets them can make one request look like two. */
    private static final Set<String> CARRIAGE = Set.of(
            "host",
            "content-length",
            "transfer-encoding",
            "connection",
            "keep-alive",
            "upgrade",
            "te",
            "trailer",
            "expect",
            "http2-settings",
            "content-encoding",
            "proxy-connection",
            "proxy-authorization");

    /** Refuses what is not allowed with an {@link InvalidValueException}. */
    public HttpCall {
        uri(Given.needed("url", url, "a http or https URL"));
        method = Given.or(method, "GET");
        if (!METHODS.contains(method)) {
            throw invalid("method", "is " + Checks.shown(method), String.join(", ", METHODS));
        }
        headers = headers(Given.or(headers, Map.of()));
        if (body != null && WITHOUT_BODY.contains(method)) {
            throw invalid("body", "is given for " + method, "no body, or another method");
        }
        timeoutMillis = Given.or(timeoutMillis, 10_000);
        Checks.range("timeoutMillis", timeoutMillis, 1, LONGEST_MILLIS);
        expect = expect(Given.or(expect, List.of()));
    }

    public static HttpCall get(String url) {
        return new HttpCall(url, "GET", Map.of(), null, 10_000, List.of());
    }

    public static HttpCall post(String url, String body) {
        return new HttpCall(url, "POST", Map.of(), body, 10_000, List.of());
    }

    private static InvalidValueException invalid(String field, String problem, String allowed) {
        return new InvalidValueException("HTTP_CALL_INVALID", field, problem, allowed);
    }

    private static URI uri(String url) {
        String allowed = "a http or https URL such as https://example.org/path?query";
        if (url.length() > LONGEST_URL) {
            throw invalid("url", "has " + url.length() + " characters", "at most " + LONGEST_URL + " characters");
        }
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw invalid("url", "is no URL", allowed);
        }
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw invalid("url", "has the scheme " + Checks.shown(scheme), "http or https");
        }
        if (uri.getRawUserInfo() != null) {
            throw invalid("url", "names a user", "a URL without user and password; send an Authorization header");
        }
        // The host that is checked must be the host that is called, so nothing that two parsers read differently.
        if (uri.getHost() == null || !HOST.matcher(uri.getHost()).matches()) {
            throw invalid("url", "names no host, or one in an unusual form", allowed);
        }
        if (uri.getPort() == 0 || uri.getPort() > 65_535) {
            throw invalid("url", "has the port " + uri.getPort(), "a port from 1 to 65535");
        }
        if (uri.getRawFragment() != null) {
            throw invalid("url", "has a fragment", "a URL without #");
        }
        return uri;
    }

    private static Map<String, String> headers(Map<String, String> given) {
        if (given.size() > MOST_HEADERS) {
            throw invalid("headers", "are " + given.size(), "at most " + MOST_HEADERS);
        }
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        given.forEach((name, value) -> {
            if (!HEADER_NAME.matcher(name).matches()) {
                throw invalid("headers", "have the name " + Checks.shown(name), "names of letters, digits and -");
            }
            if (CARRIAGE.contains(name.toLowerCase(Locale.ROOT))) {
                throw invalid("headers", "set " + name, "headers that do not say how the message is carried");
            }
            String text = Given.needed("headers." + name, value, "a text");
            // The value is not shown: it may be a token.
            if (!HEADER_VALUE.matcher(text).matches() || text.length() > LONGEST_HEADER) {
                throw invalid(
                        "headers." + name,
                        "has characters that are not allowed, or too many",
                        "at most " + LONGEST_HEADER + " printable ASCII characters in one line");
            }
            if (headers.put(name, text) != null) {
                throw invalid("headers", "name " + name + " twice", "each header once");
            }
        });
        return Collections.unmodifiableMap(headers);
    }

    private static List<Integer> expect(List<Integer> statuses) {
        Checks.range("expect", statuses.size(), 0, 50);
        statuses.forEach(status -> Checks.range("expect", Given.needed("expect", status, "a status"), 200, 599));
        return List.copyOf(statuses);
    }

    URI uri() {
        return uri(url);
    }

    boolean expects(int status) {
        return expect.isEmpty() ? status >= 200 && status <= 299 : expect.contains(status);
    }

    /** Method and URL as they may stand in a message: without the query, which may hold a token. */
    String shown() {
        int query = url.indexOf('?');
        String shown = query < 0 ? url : url.substring(0, query);
        return method + " " + (shown.length() > 200 ? shown.substring(0, 200) + "..." : shown);
    }

    /** Without headers, query and body, which may hold secrets. */
    @Override
    public String toString() {
        return "HttpCall(" + shown() + ")";
    }
}
