package dev.leat.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.api.InvalidValueException;
import dev.leat.api.JobId;
import dev.leat.api.QueueName;
import dev.leat.wire.AckJobs;
import dev.leat.wire.ApiException;
import dev.leat.wire.BackendList;
import dev.leat.wire.BackendView;
import dev.leat.wire.DequeueJobs;
import dev.leat.wire.DequeuedJobs;
import dev.leat.wire.EnqueueAnswer;
import dev.leat.wire.EnqueueJob;
import dev.leat.wire.ExtendJobs;
import dev.leat.wire.HandleAnswers;
import dev.leat.wire.IdempotencyKey;
import dev.leat.wire.JobFilter;
import dev.leat.wire.JobPage;
import dev.leat.wire.JobView;
import dev.leat.wire.LeatApi;
import dev.leat.wire.MoveJob;
import dev.leat.wire.NackJobs;
import dev.leat.wire.Problem;
import dev.leat.wire.PruneAnswer;
import dev.leat.wire.PruneJobs;
import dev.leat.wire.QueueFilter;
import dev.leat.wire.QueuePage;
import dev.leat.wire.QueueRoute;
import dev.leat.wire.QueueView;
import dev.leat.wire.ReleaseJobs;
import dev.leat.wire.ReplacePayload;
import dev.leat.wire.ReprioritiseJob;
import dev.leat.wire.RescheduleJob;
import dev.leat.wire.Route;
import dev.leat.wire.RouteQueue;
import dev.leat.wire.Stats;
import dev.leat.wire.WireJson;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The calls, asked of a server over HTTP. Thread-safe.
 *
 * <p>A call that may be made twice without harm (what only reads, pause, resume, enqueueing with an idempotency key) is tried up
 * to three times if its answer is lost or the server says that it or its store is not there; any other call once. All tries
 * together have {@link ClientConfig#callTimeout}. A server that cannot be connected to, or that is silent for that long, is not
 * tried again.
 *
 * <p>Besides what the server refuses, calls fail with the codes {@code SERVER_UNREACHABLE}: nothing was asked; {@code
 * OUTCOME_UNKNOWN}: the answer was lost, and what was asked may have happened; {@code ANSWER_NOT_UNDERSTOOD}: something answers
 * that is not a Leat of this version; {@code INTERRUPTED}: the thread was, and its flag is set.
 */
public final class HttpLeatApi implements LeatApi, AutoCloseable {
    /** The longest answer that is read: a hundred times the largest payload. */
    private static final long MOST_BYTES = 32 << 20;

    private static final int TRIES = 3;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final Set<Integer> AWAY = Set.of(502, 503, 504);

    private final ClientConfig config;
    private final HttpClient http;

    public HttpLeatApi(ClientConfig config) {
        this.config = config;
        http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(config.connectTimeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    @Override
    public EnqueueAnswer enqueue(List<EnqueueJob> jobs, @Nullable String idempotencyKey) {
        HttpRequest.Builder request = json(Route.ENQUEUE.path(), jobs);
        if (idempotencyKey != null) {
            request.header("idempotency-key", checked(idempotencyKey));
        }
        return answer(request, idempotencyKey != null, EnqueueAnswer.class);
    }

    /** Before it is sent, since the JDK makes question marks of what is not ASCII. */
    private static String checked(String key) {
        try {
            return new IdempotencyKey(key).value();
        } catch (InvalidValueException e) {
            throw new ApiException(
                    new Problem(400, "Bad Request", e.code(), String.valueOf(e.getMessage()), e.field(), e.allowed()),
                    e);
        }
    }

    @Override
    public JobView job(JobId id) {
        return get(path(Route.JOB, id), JobView.class);
    }

    @Override
    public JobPage jobs(JobFilter filter) {
        StringJoiner query = new StringJoiner("&", "?", "");
        query.add("limit=" + filter.limit());
        if (filter.queue() != null) {
            query.add("queue=" + encoded(filter.queue().value()));
        }
        if (filter.kind() != null) {
            query.add("kind=" + encoded(filter.kind().value()));
        }
        if (!filter.states().isEmpty()) {
            query.add(filter.states().stream()
                    .map(state -> state.name().toLowerCase(Locale.ROOT))
                    .sorted()
                    .collect(Collectors.joining(",", "state=", "")));
        }
        if (filter.cursor() != null) {
            query.add("cursor=" + encoded(filter.cursor()));
        }
        return get(Route.JOBS.path() + query, JobPage.class);
    }

    @Override
    public JobView cancel(JobId id) {
        return post(path(Route.CANCEL, id), false, JobView.class);
    }

    @Override
    public JobView retry(JobId id) {
        return post(path(Route.RETRY, id), false, JobView.class);
    }

    @Override
    public JobView reschedule(JobId id, RescheduleJob change) {
        return amend(Route.RESCHEDULE, id, change);
    }

    @Override
    public JobView reprioritise(JobId id, ReprioritiseJob change) {
        return amend(Route.REPRIORITISE, id, change);
    }

    @Override
    public JobView move(JobId id, MoveJob change) {
        return amend(Route.MOVE, id, change);
    }

    @Override
    public JobView replacePayload(JobId id, ReplacePayload change) {
        return amend(Route.REPLACE_PAYLOAD, id, change);
    }

    /** Once: made again it could change a job that somebody else had changed meanwhile. */
    private JobView amend(Route route, JobId id, Object change) {
        return answer(json(path(route, id), change), false, JobView.class);
    }

    @Override
    public QueuePage queues(QueueFilter filter) {
        String cursor = filter.cursor() == null ? "" : "&cursor=" + encoded(filter.cursor());
        return get(Route.QUEUES.path() + "?limit=" + filter.limit() + cursor, QueuePage.class);
    }

    @Override
    public QueueView pause(QueueName queue) {
        return post(path(Route.PAUSE, queue), true, QueueView.class);
    }

    @Override
    public QueueView resume(QueueName queue) {
        return post(path(Route.RESUME, queue), true, QueueView.class);
    }

    @Override
    public QueueRoute route(QueueName queue, RouteQueue to) {
        return answer(json(path(Route.ROUTE, queue), to), true, QueueRoute.class);
    }

    @Override
    public List<BackendView> backends() {
        return get(Route.BACKENDS.path(), BackendList.class).backends();
    }

    /** Once: what a lost answer took comes back when its lease ends. */
    @Override
    public DequeuedJobs dequeue(QueueName queue, DequeueJobs wanted) {
        return answer(json(path(Route.DEQUEUE, queue), wanted), false, DequeuedJobs.class);
    }

    /** Once, as all that settles: asked again it would deny what it did. */
    @Override
    public HandleAnswers ack(QueueName queue, AckJobs jobs) {
        return answer(json(path(Route.ACK, queue), jobs), false, HandleAnswers.class);
    }

    @Override
    public HandleAnswers nack(QueueName queue, NackJobs jobs) {
        return answer(json(path(Route.NACK, queue), jobs), false, HandleAnswers.class);
    }

    @Override
    public HandleAnswers release(QueueName queue, ReleaseJobs jobs) {
        return answer(json(path(Route.RELEASE, queue), jobs), false, HandleAnswers.class);
    }

    @Override
    public HandleAnswers extend(QueueName queue, ExtendJobs jobs) {
        return answer(json(path(Route.EXTEND, queue), jobs), true, HandleAnswers.class);
    }

    @Override
    public PruneAnswer prune(PruneJobs what) {
        return answer(json(Route.PRUNE.path(), what), false, PruneAnswer.class);
    }

    @Override
    public Stats stats() {
        return get(Route.STATS.path(), Stats.class);
    }

    private static String path(Route route, Object parameter) {
        return route.path().replaceFirst("\\{\\w+}", encoded(parameter.toString()));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(config.base() + path)).header("accept", "application/json");
    }

    private HttpRequest.Builder json(String path, Object body) {
        return request(path)
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofByteArray(WireJson.STRICT.writeBytes(body)));
    }

    private <T> T get(String path, Class<T> type) {
        return answer(request(path).GET(), true, type);
    }

    private <T> T post(String path, boolean safe, Class<T> type) {
        BodyPublisher nothing = BodyPublishers.noBody();
        return answer(request(path).header("content-type", "application/json").POST(nothing), safe, type);
    }

    /** @param safe whether the call may be made again when nobody knows what became of it */
    private <T> T answer(HttpRequest.Builder builder, boolean safe, Class<T> type) {
        HttpRequest request = builder.build();
        long end = System.nanoTime() + config.callTimeout().toNanos();
        for (int tried = 1; ; tried++) {
            boolean last = !safe || tried == TRIES;
            try {
                HttpResponse<byte[]> response = sent(request, end - System.nanoTime());
                if (last || !AWAY.contains(response.statusCode())) {
                    return read(response, type);
                }
            } catch (HttpConnectTimeoutException e) {
                // Ends the wait for a handshake too, and then something listens.
                throw request.uri().getScheme().equals("https")
                        ? noTls(
                                "nothing made one within "
                                        + config.connectTimeout().toMillis() / 1_000.0
                                        + " s; what listens there, if anything does, may not speak TLS",
                                e)
                        : unreachable(e);
            } catch (ConnectException e) {
                throw unreachable(e);
            } catch (SSLException e) {
                boolean plain =
                        String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("unrecognized ssl message");
                throw noTls(plain ? "what listens there does not speak TLS" : String.valueOf(e.getMessage()), e);
            } catch (TimeoutException e) {
                throw silent(e);
            } catch (IOException e) {
                if (last) {
                    throw request.method().equals("GET") ? broken(e) : lost(e);
                }
            }
            pause(tried);
        }
    }

    /**
     * The time limit is for all of the answer; the one that a request can be given ends with the answer's first line.
     *
     * @param nanos how long to wait for it; none if not positive
     */
    private HttpResponse<byte[]> sent(HttpRequest request, long nanos) throws IOException, TimeoutException {
        CompletableFuture<HttpResponse<byte[]>> sent = http.sendAsync(request, head -> new Bounded(MOST_BYTES));
        try {
            return sent.get(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IllegalStateException("a call failed in a way that nobody expected", e);
        } finally {
            sent.cancel(true); // no-op when it is done
        }
    }

    /** Longer each time. It may be cut short, which does no harm. */
    private static void pause(int tried) {
        LockSupport.parkNanos(PAUSE_NANOS << (2 * (tried - 1)));
        if (Thread.currentThread().isInterrupted()) {
            throw interrupted(null);
        }
    }

    private <T> T read(HttpResponse<byte[]> response, Class<T> type) {
        int status = response.statusCode();
        String media = response.headers().firstValue("content-type").orElse("");
        try {
            if (status == 200 && media.startsWith("application/json")) {
                return WireJson.LENIENT.read(response.body(), type);
            }
            if (media.startsWith(Problem.MEDIA_TYPE)) {
                throw new ApiException(WireJson.LENIENT.read(response.body(), Problem.class));
            }
        } catch (InvalidValueException e) {
            throw strange(status, e);
        }
        throw strange(status, null);
    }

    private ApiException strange(int status, @Nullable Exception e) {
        return failure(
                502,
                "ANSWER_NOT_UNDERSTOOD",
                "What answers at " + config.base() + " (with status " + status
                        + ") is not a Leat server of this version;" + " check the URL.",
                e);
    }

    private ApiException unreachable(Exception e) {
        return failure(
                503,
                "SERVER_UNREACHABLE",
                "No server answers at " + config.base() + ", so nothing was asked. Start one, such as with: leat dev."
                        + " Or name another with --server or LEAT_SERVER_URL.",
                e);
    }

    /** A connection that is not encrypted carries no request, so whatever fails about that fails before anything was asked. */
    private ApiException noTls(String reason, Exception e) {
        return failure(
                503,
                "SERVER_UNREACHABLE",
                "No encrypted connection to " + config.base() + " can be made (" + reason
                        + "), so nothing was asked. A Leat server by itself speaks no TLS; try "
                        + config.base().replaceFirst("^https:", "http:") + ", or the address of the proxy before it.",
                e);
    }

    private ApiException silent(TimeoutException e) {
        return failure(
                503,
                "OUTCOME_UNKNOWN",
                "What listens at " + config.base() + " gave no answer within "
                        + config.callTimeout().toMillis() / 1_000.0
                        + " s. What was asked may have happened: see whether"
                        + " it is a Leat server, and what its log says, before you ask again.",
                e);
    }

    private ApiException lost(IOException e) {
        return failure(
                503,
                "OUTCOME_UNKNOWN",
                "The answer of " + config.base() + " was lost (" + e.getMessage() + "). What was asked may have"
                        + " happened: look before you ask again.",
                e);
    }

    /** Of a call that only reads. */
    private ApiException broken(IOException e) {
        return failure(
                503,
                "SERVER_UNREACHABLE",
                "What listens at " + config.base() + " broke off before it answered (" + e.getMessage()
                        + "). Nothing was changed: ask again, or see whether it is a Leat server.",
                e);
    }

    private static ApiException interrupted(@Nullable Exception e) {
        return failure(503, "INTERRUPTED", "The call was interrupted; what was asked may have happened.", e);
    }

    private static ApiException failure(int status, String code, String message, @Nullable Exception cause) {
        Problem problem = new Problem(status, status == 502 ? "Bad Gateway" : "Service Unavailable", code, message);
        return cause == null ? new ApiException(problem) : new ApiException(problem, cause);
    }

    /** Gives up its connections; a call that is under way fails. */
    @Override
    public void close() {
        http.shutdownNow();
    }
}
