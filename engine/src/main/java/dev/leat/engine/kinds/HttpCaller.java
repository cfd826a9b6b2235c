package dev.leat.engine.kinds;

import dev.leat.engine.config.KindsConfig;
import dev.leat.engine.handler.Handler;
import dev.leat.engine.handler.JobContext;
import dev.leat.engine.handler.JobSignal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;

/**
 * Calls URLs. Each call has a client of its own, which is told the addresses that were checked: between the check and the
 * connection nobody is asked again, so no name can change its mind. Names are still what TLS verifies and the Host header says.
 *
 * <p>No redirects, proxies, cookies, credentials, compression or retries: one attempt is one request to one place.
 */
final class HttpCaller implements Handler<HttpCall> {
    private static final int MOST_BYTES = 64 << 10;
    private static final int LONGEST_HEADER = 1_000;
    /** However little a server asks for: it did fail. */
    private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);

    private static final Duration LONGEST_WAIT = Duration.ofDays(1);
    private static final Set<String> TOLD = Set.of(
            "content-type",
            "content-length",
            "date",
            "etag",
            "last-modified",
            "location",
            "retry-after",
            "x-request-id");

    /** Those that a second try can change. */
    private static final Set<Integer> FLEETING = Set.of(408, 425, 429);

    /** A byte of these is at most one character, so that the result stays within its bounds. */
    private static final Map<String, Charset> CHARSETS = Map.of(
            "utf-8", StandardCharsets.UTF_8,
            "us-ascii", StandardCharsets.US_ASCII,
            "iso-8859-1", StandardCharsets.ISO_8859_1,
            "utf-16", StandardCharsets.UTF_16);

    private final boolean anywhere;
    private final Set<String> allowedHosts;
    private final Resolver resolver;
    private final TlsSocketStrategy tls;

    HttpCaller(KindsConfig.Http config, Resolver resolver, TlsSocketStrategy tls) {
        this.anywhere = config.allowPrivateAddresses();
        this.allowedHosts =
                config.allowedHosts().stream().map(HttpCaller::plain).collect(Collectors.toSet());
        this.resolver = resolver;
        this.tls = tls;
    }

    private static String plain(String host) {
        String name = host.toLowerCase(Locale.ROOT).replaceAll("[\\[\\]]", "");
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    @Override
    public void handle(HttpCall call, JobContext job) throws Exception {
        long start = System.nanoTime();
        // On a virtual thread an interrupt closes the socket, so that a call can be ended wherever it hangs.
        FutureTask<Reply> task = new FutureTask<>(() -> exchange(call));
        Thread.ofVirtual().name("leat-http-" + job.id()).start(task);
        try {
            Reply reply = task.get(call.timeoutMillis(), TimeUnit.MILLISECONDS);
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            settle(call, job, reply, millis);
        } catch (TimeoutException e) {
            throw tookTooLong(call, e);
        } catch (ExecutionException e) {
            // The socket has the same time, and may be the first to notice.
            throw e.getCause() instanceof SocketTimeoutException late
                    ? tookTooLong(call, late)
                    : e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            task.cancel(true);
        }
    }

    private static IOException tookTooLong(HttpCall call, Exception cause) {
        return new IOException(call.shown() + " took longer than " + call.timeoutMillis() + " ms", cause);
    }

    private static void settle(HttpCall call, JobContext job, Reply reply, long millis) throws IOException {
        if (call.expects(reply.status())) {
            job.result(new HttpAnswer(reply.status(), reply.headers(), reply.body(), reply.truncated(), millis));
            return;
        }
        String answered = call.shown() + " answered " + reply.status();
        if (reply.status() >= 400 && reply.status() < 500 && !FLEETING.contains(reply.status())) {
            throw JobSignal.discard(answered + ", which asking again does not change");
        }
        if (reply.status() >= 300 && reply.status() < 400) {
            throw new IOException(answered + "; redirects are not followed");
        }
        Duration wait = reply.retryAfter();
        if (wait != null) {
            throw JobSignal.retry(
                    Collections.max(List.of(SHORTEST_WAIT, Collections.min(List.of(LONGEST_WAIT, wait)))), answered);
        }
        throw new IOException(answered);
    }

    private Reply exchange(HttpCall call) throws IOException {
        List<InetAddress> addresses = addresses(call);
        HttpUriRequestBase request = new HttpUriRequestBase(call.method(), call.uri());
        call.headers().forEach(request::setHeader);
        String body = call.body();
        if (body != null) {
            boolean typed = call.headers().containsKey("Content-Type");
            request.setEntity(new ByteArrayEntity(
                    body.getBytes(StandardCharsets.UTF_8), typed ? null : ContentType.APPLICATION_JSON));
        }
        CloseableHttpClient client = client(addresses, Timeout.ofMilliseconds(call.timeoutMillis()));
        try {
            return reply(client.executeOpen(null, request, null));
        } finally {
            // Not the response: closing it would first read the rest, however long that is.
            request.abort();
            client.close(CloseMode.IMMEDIATE);
        }
    }

    private List<InetAddress> addresses(HttpCall call) throws UnknownHostException {
        String host = call.uri().getHost();
        List<InetAddress> addresses = resolver.resolve(plain(host));
        if (anywhere || allowedHosts.contains(plain(host))) {
            return addresses;
        }
        // All of them must be: which one would be used is chance. And none is told: it is no business of who enqueues.
        if (!addresses.stream().allMatch(PublicAddresses::isPublic)) {
            throw JobSignal.discard("url names the host \"" + host + "\", whose address is not public; allowed: public"
                    + " addresses, unless the configuration has kinds.http.allowed_hosts or allow_private_addresses");
        }
        return addresses;
    }

    private CloseableHttpClient client(List<InetAddress> addresses, Timeout timeout) {
        return HttpClientBuilder.create()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(new Checked(addresses))
                        .setTlsSocketStrategy(tls)
                        .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                                .http1Config(Http1Config.custom()
                                        .setMaxLineLength(16 << 10)
                                        .setMaxHeaderCount(200)
                                        .build())
                                .build())
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(timeout)
                                .setSocketTimeout(timeout)
                                .build())
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setResponseTimeout(timeout)
                        .setRedirectsEnabled(false)
                        .setAuthenticationEnabled(false)
                        .setProtocolUpgradeEnabled(false)
                        .build())
                .setConnectionReuseStrategy((request, response, context) -> false)
                .setUserAgent("leat")
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableContentCompression()
                .disableAuthCaching()
                .build();
    }

    private static Reply reply(ClassicHttpResponse response) throws IOException {
        Map<String, String> headers = new TreeMap<>();
        for (Header header : response.getHeaders()) {
            String name = header.getName().toLowerCase(Locale.ROOT);
            if (TOLD.contains(name) && header.getValue() != null) {
                String value = text(header.getValue());
                headers.putIfAbsent(name, value.substring(0, Math.min(value.length(), LONGEST_HEADER)));
            }
        }
        HttpEntity entity = response.getEntity();
        if (entity == null) {
            return new Reply(response.getCode(), headers, "", false);
        }
        byte[] bytes = entity.getContent().readNBytes(MOST_BYTES + 1);
        boolean truncated = bytes.length > MOST_BYTES;
        String body = new String(bytes, 0, truncated ? MOST_BYTES : bytes.length, charset(entity));
        return new Reply(response.getCode(), headers, text(body), truncated);
    }

    private static Charset charset(HttpEntity entity) {
        ContentType type = ContentType.parseLenient(entity.getContentType());
        Charset charset = type == null ? null : type.getCharset();
        return charset == null
                ? StandardCharsets.UTF_8
                : CHARSETS.getOrDefault(charset.name().toLowerCase(Locale.ROOT), StandardCharsets.UTF_8);
    }

    /** Without control characters, which would be six times as long in the result's JSON. */
    private static String text(String text) {
        return text.replaceAll("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f]", "\uFFFD");
    }

    /** Gives the addresses that were checked for whatever host it is asked. */
    private record Checked(List<InetAddress> addresses) implements DnsResolver {
        @Override
        public InetAddress[] resolve(String host) {
            return addresses.toArray(InetAddress[]::new);
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }
}
