package dev.leat.server.http;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ServerCacheControl;
import com.linecorp.armeria.common.logging.RequestLogProperty;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceBindingBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.file.FileService;
import com.linecorp.armeria.server.file.HttpFile;
import dev.leat.api.InvalidValueException;
import dev.leat.api.JobId;
import dev.leat.api.KindName;
import dev.leat.api.QueueName;
import dev.leat.api.store.Health;
import dev.leat.engine.config.ServerConfig;
import dev.leat.engine.pull.Handle;
import dev.leat.server.events.EventLog;
import dev.leat.server.events.QueueSnapshots;
import dev.leat.server.local.Problems;
import dev.leat.wire.AckJobs;
import dev.leat.wire.ApiException;
import dev.leat.wire.BackendList;
import dev.leat.wire.DequeueJobs;
import dev.leat.wire.DequeuedJob;
import dev.leat.wire.DequeuedJobs;
import dev.leat.wire.EnqueueJob;
import dev.leat.wire.ExtendJobs;
import dev.leat.wire.JobFilter;
import dev.leat.wire.JobView;
import dev.leat.wire.LeatApi;
import dev.leat.wire.MoveJob;
import dev.leat.wire.NackJobs;
import dev.leat.wire.PruneJobs;
import dev.leat.wire.QueueFilter;
import dev.leat.wire.ReleaseJobs;
import dev.leat.wire.ReplacePayload;
import dev.leat.wire.ReprioritiseJob;
import dev.leat.wire.RescheduleJob;
import dev.leat.wire.Route;
import dev.leat.wire.RouteQueue;
import dev.leat.wire.WireJson;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The HTTP API, events, metrics, health and dashboard on one port. Each request is answered on a virtual thread of its own. */
public final class HttpServer implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 4_096;
    private static final int MOST_FOLLOWERS = 1_000;
    /** Requests that are worked on, or whose answers are not read, at the same moment. */
    private static final int MOST_REQUESTS = 128;

    private static final int MOST_OF_CONNECTION = 32;
    /** Requests that wait for the same backend, so that one which hangs leaves most of the places to the others. */
    private static final int MOST_IN_LINE = MOST_REQUESTS / 4;

    /** Who asks how the server does has places of its own, so as to be answered when it has the most to do. */
    private static final int MOST_WATCHERS = 8;
    /** Nor may those who wait for jobs keep anybody else waiting. */
    private static final int MOST_TAKERS = 256;

    private static final long CUT_MILLIS = 1_000;
    private static final long HEAD_MILLIS = 10_000;
    private static final Duration IDLE = Duration.ofSeconds(60);
    private static final String UI = "META-INF/resources/ui";

    private final LeatApi api;
    private final EventLog events;
    private final QueueSnapshots snapshots;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("leat-http-", 0).factory());
    private final BodyBudget bodies;
    private final long largestBody;
    private final Places places = new Places(MOST_REQUESTS, MOST_OF_CONNECTION);
    private final Places watchers = new Places(MOST_WATCHERS, MOST_OF_CONNECTION);
    private final Places takers = new Places(MOST_TAKERS, MOST_OF_CONNECTION);
    private final StoreGate gate;
    private final Function<QueueName, String> backend;
    private final long cutMillis;
    private final Semaphore followers = new Semaphore(MOST_FOLLOWERS);
    private final Server server;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    /** What connections come from, once there was one. */
    private volatile @Nullable Channel listening;

    /**
     * Listens.
     *
     * @param storeCalls how many requests may be at each backend at the same moment
     * @param backend the one that a queue's new jobs go into
     * @param metrics what {@code /metrics} answers, in Prometheus' text format
     */
    public HttpServer(
            ServerConfig config,
            Map<String, Integer> storeCalls,
            Function<QueueName, String> backend,
            LeatApi api,
            EventLog events,
            QueueSnapshots snapshots,
            Supplier<Health> health,
            Supplier<String> metrics) {
        this.api = api;
        this.backend = backend;
        this.events = events;
        this.snapshots = snapshots;
        gate = new StoreGate(storeCalls, MOST_IN_LINE, config.requestTimeout());
        cutMillis = config.requestTimeout().toMillis() + CUT_MILLIS;
        largestBody = config.maxBody().bytes();
        BodyBudget.check(Runtime.getRuntime().maxMemory(), largestBody);
        bodies = new BodyBudget(Runtime.getRuntime().maxMemory(), largestBody);
        InetSocketAddress address = new InetSocketAddress(config.address(), config.port());
        ServerBuilder builder = Server.builder()
                .http(address)
                .maxNumConnections(MOST_CONNECTIONS)
                .requestTimeout(config.requestTimeout())
                .maxRequestLength(largestBody)
                .idleTimeout(IDLE)
                .connectionDrainDuration(Duration.ZERO)
                .http1MaxInitialLineLength(8 * 1024)
                .http1MaxHeaderSize(16 * 1024)
                .http2MaxHeaderListSize(16 * 1024)
                .gracefulShutdownTimeout(Duration.ZERO, Duration.ofSeconds(5))
                .disableServerHeader()
                .verboseResponses(false)
                .errorHandler(new Failures())
                // Failures logs what is one; the report of all the others would be of clients that left.
                .unloggedExceptionsReportInterval(Duration.ZERO)
                .childChannelPipelineCustomizer(pipeline -> {
                    pipeline.addFirst(new HeadTimeout(
                            Math.min(HEAD_MILLIS, config.requestTimeout().toMillis())));
                    LastAnswer.watch(pipeline);
                    listening = pipeline.channel().parent();
                    connections.add(pipeline.channel());
                })
                .decorator(new Guard(config.host(), address.getAddress(), config.allowedHosts()))
                // The first that a request meets, so that those are counted too that are refused.
                .decorator(this::counted);
        bindApi(builder);
        builder.route().get("/livez").build((context, request) -> text("alive\n"));
        builder.route().get("/readyz").build(watching(() -> ready(health.get())));
        builder.route().get("/metrics").build(watching(() -> metrics(metrics.get())));
        byte[] description = OpenApi.bytes();
        builder.route()
                .get("/openapi.json")
                .build((context, request) ->
                        HttpResponse.of(Answers.headers(200, MediaType.JSON).build(), HttpData.wrap(description)));
        builder.serviceUnder("/assets", files(ServerCacheControl.IMMUTABLE));
        builder.service("/", file("/index.html"));
        builder.service("/favicon.svg", file("/favicon.svg"));
        server = builder.build();
        server.start().join();
    }

    private HttpResponse counted(HttpService service, ServiceRequestContext context, HttpRequest request)
            throws Exception {
        var _ = context.log().whenAvailable(RequestLogProperty.SESSION).thenAccept(log -> {
            Channel channel = log.channel();
            if (channel != null) {
                count(context, channel);
            }
        });
        return service.serve(context, request);
    }

    private void count(ServiceRequestContext context, Channel channel) {
        HeadTimeout.Requests requests = HeadTimeout.Requests.of(channel);
        requests.arrived();
        Backlog.arrived(channel, requests.running(), MOST_OF_CONNECTION);
        // The time-out of the server itself ends when the answer is ready, also if nobody reads it.
        Future<?> deadline = context.path().equals(Route.EVENTS.path())
                ? null
                : channel.eventLoop().schedule(() -> cut(channel), cutMillis, TimeUnit.MILLISECONDS);
        var _ = context.log().whenComplete().thenAccept(done -> {
            if (deadline != null) {
                deadline.cancel(false);
            }
            requests.answered();
            channel.eventLoop().execute(() -> Backlog.answered(channel, requests.running(), MOST_OF_CONNECTION));
            LastAnswer.answered(channel);
        });
    }

    private static void cut(Channel channel) {
        var _ = channel.close();
    }

    private void bindApi(ServerBuilder builder) {
        route(builder, Route.ENQUEUE)
                .build((context, request) ->
                        withBody(context, request, this::onThread, body -> enqueue(context, request, body)));
        bind(builder, Route.JOBS, call -> Answers.json(api.jobs(filter(call.query(Route.JOBS)))));
        bind(builder, Route.JOB, call -> Answers.json(api.job(call.id())));
        bind(builder, Route.CANCEL, call -> Answers.json(api.cancel(call.id())));
        bind(builder, Route.RETRY, call -> Answers.json(api.retry(call.id())));
        bindAmendment(builder, Route.RESCHEDULE, RescheduleJob.class, api::reschedule);
        bindAmendment(builder, Route.REPRIORITISE, ReprioritiseJob.class, api::reprioritise);
        bindAmendment(builder, Route.MOVE, MoveJob.class, api::move);
        bindAmendment(builder, Route.REPLACE_PAYLOAD, ReplacePayload.class, api::replacePayload);
        bind(builder, Route.QUEUES, call -> Answers.json(api.queues(queues(call.query(Route.QUEUES)))));
        bind(builder, Route.PAUSE, call -> Answers.json(api.pause(call.queue())));
        bind(builder, Route.RESUME, call -> Answers.json(api.resume(call.queue())));
        route(builder, Route.DEQUEUE)
                .build((context, request) -> withBody(context, request, this::onThreadOfTaker, body -> {
                    Call call = new Call(context);
                    call.query(Route.DEQUEUE);
                    return dequeue(context, call.queue(), WireJson.STRICT.read(body, DequeueJobs.class));
                }));
        bindOfHandles(builder, Route.ACK, AckJobs.class, AckJobs::handles, api::ack);
        bindOfHandles(builder, Route.NACK, NackJobs.class, NackJobs::handles, api::nack);
        bindOfHandles(builder, Route.RELEASE, ReleaseJobs.class, ReleaseJobs::handles, api::release);
        bindOfHandles(builder, Route.EXTEND, ExtendJobs.class, ExtendJobs::handles, api::extend);
        route(builder, Route.PRUNE)
                .build((context, request) -> withBody(context, request, body -> {
                    new Call(context).query(Route.PRUNE);
                    return Answers.json(api.prune(WireJson.STRICT.read(body, PruneJobs.class)));
                }));
        route(builder, Route.ROUTE)
                .build((context, request) -> withBody(context, request, body -> {
                    Call call = new Call(context);
                    call.query(Route.ROUTE);
                    return Answers.json(api.route(call.queue(), WireJson.STRICT.read(body, RouteQueue.class)));
                }));
        bind(builder, Route.BACKENDS, call -> Answers.json(new BackendList(api.backends())));
        bind(builder, Route.STATS, call -> Answers.json(api.stats()));
        builder.route().get(Route.EVENTS.path()).build(this::follow);
    }

    private static ServiceBindingBuilder route(ServerBuilder builder, Route route) {
        return builder.route()
                .path(route.path())
                .methods(HttpMethod.valueOf(route.method().name()));
    }

    private void bind(ServerBuilder builder, Route route, Function<Call, HttpResponse> answer) {
        route(builder, route).build(answering(call -> {
            call.query(route);
            return answer.apply(call);
        }));
    }

    private <T> void bindAmendment(
            ServerBuilder builder, Route route, Class<T> type, BiFunction<JobId, T, JobView> amend) {
        route(builder, route)
                .build((context, request) -> withBody(context, request, body -> {
                    Call call = new Call(context);
                    call.query(route);
                    JobId id = call.id();
                    return Answers.json(amend.apply(id, WireJson.STRICT.read(body, type)));
                }));
    }

    private <T> void bindOfHandles(
            ServerBuilder builder,
            Route route,
            Class<T> type,
            Function<T, List<String>> handles,
            BiFunction<QueueName, T, ?> change) {
        route(builder, route)
                .build((context, request) -> withBody(context, request, this::onThread, body -> {
                    Call call = new Call(context);
                    call.query(route);
                    QueueName queue = call.queue();
                    T read = WireJson.STRICT.read(body, type);
                    return atStore(
                            context, backends(handles.apply(read)), () -> Answers.json(change.apply(queue, read)));
                }));
    }

    /** Where jobs were taken from; of what is no handle the call itself complains. */
    private static Set<String> backends(@Nullable List<String> handles) {
        try {
            return handles == null
                    ? Set.of()
                    : handles.stream().map(each -> Handle.parse(each).backend()).collect(Collectors.toSet());
        } catch (InvalidValueException e) {
            return Set.of();
        }
    }

    /** What was taken for somebody who has gone meanwhile is given back. */
    private HttpResponse dequeue(ServiceRequestContext context, QueueName queue, DequeueJobs wanted) {
        DequeuedJobs taken = api.dequeue(queue, wanted);
        if (!channel(context).isActive() && !taken.jobs().isEmpty()) {
            // Which ended the wait, and must not end this too.
            var _ = Thread.interrupted();
            api.release(
                    queue,
                    new ReleaseJobs(
                            taken.jobs().stream().map(DequeuedJob::handle).toList()));
        }
        return Answers.json(taken);
    }

    /** On a virtual thread, after the body has gone by, which says nothing. */
    private HttpService answering(Function<Call, HttpResponse> answer) {
        return (context, request) -> {
            Call call = new Call(context);
            return HttpResponse.of(
                    request.subscribe().thenCompose(read -> atAllStores(context, () -> answer.apply(call))));
        };
    }

    private HttpService watching(Supplier<HttpResponse> answer) {
        return (context, request) ->
                HttpResponse.of(request.subscribe().thenCompose(read -> onThread(context, watchers, answer)));
    }

    /** Waits for jobs, and so not at the store's gate; whoever has gone waits no longer. */
    private CompletableFuture<HttpResponse> onThreadOfTaker(
            ServiceRequestContext context, Supplier<HttpResponse> answer) {
        return onThread(context, takers, () -> {
            Thread thread = Thread.currentThread();
            ChannelFutureListener gone = closed -> thread.interrupt();
            Channel channel = channel(context);
            channel.closeFuture().addListener(gone);
            try {
                return answer.get();
            } finally {
                channel.closeFuture().removeListener(gone);
            }
        });
    }

    private static Channel channel(ServiceRequestContext context) {
        return Objects.requireNonNull(
                context.log().ensureAvailable(RequestLogProperty.SESSION).channel());
    }

    private CompletableFuture<HttpResponse> atAllStores(ServiceRequestContext context, Supplier<HttpResponse> answer) {
        return onThread(context, () -> atStore(context, Set.of(), answer));
    }

    private HttpResponse atStore(ServiceRequestContext context, Set<String> backends, Supplier<HttpResponse> answer) {
        return gate.call(backends, answer, context::isCancelled);
    }

    private CompletableFuture<HttpResponse> onThread(ServiceRequestContext context, Supplier<HttpResponse> answer) {
        return onThread(context, places, answer);
    }

    /** The answer, or a refusal if there is no place for the request. */
    private CompletableFuture<HttpResponse> onThread(
            ServiceRequestContext context, Places of, Supplier<HttpResponse> answer) {
        try {
            of.take(context);
        } catch (ApiException e) {
            return CompletableFuture.completedFuture(Answers.problem(e.problem()));
        }
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return answer.get();
                    } catch (RuntimeException e) {
                        return Answers.problem(Problems.of(e));
                    }
                },
                threads);
    }

    /** Has room for the body before it is read, until both the work is done and the request has ended in whatever way. */
    private HttpResponse withBody(
            ServiceRequestContext context, HttpRequest request, Function<byte[], HttpResponse> work) {
        return withBody(context, request, this::atAllStores, work);
    }

    private HttpResponse withBody(
            ServiceRequestContext context, HttpRequest request, Runner runner, Function<byte[], HttpResponse> work) {
        BodyBudget.Share share = bodies.share();
        CompletableFuture<HttpResponse> answer;
        try {
            places.check();
            answer = BodyReader.read(request, share, largestBody)
                    .thenCompose(body -> runner.run(context, () -> work.apply(body)));
        } catch (ApiException e) {
            return Answers.problem(e.problem());
        }
        var _ = CompletableFuture.allOf(
                        answer.handle((done, failure) -> done), context.log().whenComplete())
                .whenComplete((done, failure) -> share.close());
        return HttpResponse.of(answer);
    }

    private HttpResponse enqueue(ServiceRequestContext context, HttpRequest request, byte[] body) {
        new Call(context).query(Route.ENQUEUE);
        List<EnqueueJob> jobs = jobs(body);
        Set<String> backends = jobs.stream()
                .map(job -> job.queue() == null ? QueueName.DEFAULT : job.queue())
                .distinct()
                .map(backend)
                .collect(Collectors.toSet());
        String key = request.headers().get("idempotency-key");
        return atStore(context, backends, () -> Answers.json(api.enqueue(jobs, key)));
    }

    private static List<EnqueueJob> jobs(byte[] body) {
        int first = 0;
        while (first < body.length && body[first] <= ' ') {
            first++;
        }
        boolean many = first < body.length && body[first] == '[';
        return many
                // One more than may be, which is enough to be refused.
                ? WireJson.STRICT.readList(body, EnqueueJob.class, LeatApi.MOST_JOBS + 1)
                : List.of(WireJson.STRICT.read(body, EnqueueJob.class));
    }

    private static JobFilter filter(Query query) {
        return new JobFilter(
                query.value("queue", QueueName::new),
                query.value("kind", KindName::new),
                query.states("state"),
                query.text("cursor"),
                query.number("limit", JobFilter.DEFAULT));
    }

    private static QueueFilter queues(Query query) {
        return new QueueFilter(query.text("cursor"), query.number("limit", QueueFilter.DEFAULT));
    }

    private HttpResponse follow(ServiceRequestContext context, HttpRequest request) {
        EventStream.Filter filter;
        try {
            Query query = new Query(Route.EVENTS, context.queryParams());
            filter = new EventStream.Filter(
                    query.value("queue", QueueName::new),
                    query.value("kind", KindName::new),
                    query.value("job", JobId::parse));
        } catch (InvalidValueException e) {
            return Answers.problem(Problems.of(e));
        }
        if (!followers.tryAcquire()) {
            return Answers.problem(Problems.of(
                    503,
                    "TOO_MANY_FOLLOWERS",
                    "Too many clients follow the events; the most are " + MOST_FOLLOWERS + "."));
        }
        context.clearRequestTimeout();
        HttpResponseWriter out = HttpResponse.streaming();
        out.write(Answers.headers(200, MediaType.EVENT_STREAM).build());
        EventStream stream = new EventStream(
                out, events, snapshots, filter, request.headers().get("last-event-id"));
        Thread thread = Thread.ofVirtual().name("leat-events").unstarted(() -> {
            try {
                stream.run();
            } finally {
                followers.release();
            }
        });
        var _ = out.whenComplete().whenComplete((done, failure) -> thread.interrupt());
        thread.start();
        return out;
    }

    private static HttpResponse ready(Health health) {
        return health.status() == Health.Status.UNHEALTHY
                ? Answers.problem(Problems.of(503, "STORE_UNAVAILABLE", health.detail()))
                : text("ready: " + health.detail() + "\n");
    }

    private static HttpResponse metrics(String text) {
        return HttpResponse.of(
                Answers.headers(200, MediaType.parse("text/plain; version=0.0.4; charset=utf-8"))
                        .build(),
                HttpData.ofUtf8(text));
    }

    private static HttpResponse text(String text) {
        return HttpResponse.of(Answers.headers(200, MediaType.PLAIN_TEXT_UTF_8).build(), HttpData.ofUtf8(text));
    }

    private static FileService files(ServerCacheControl caching) {
        return FileService.builder(HttpServer.class.getClassLoader(), UI + "/assets")
                .cacheControl(caching)
                .build();
    }

    private static HttpService file(String name) {
        return HttpFile.builder(HttpServer.class.getClassLoader(), UI + name)
                .cacheControl(ServerCacheControl.REVALIDATED)
                .build()
                .asService();
    }

    public int port() {
        return server.activeLocalPort();
    }

    /** Ends streams, lets requests end, and stops listening. */
    @Override
    public void close() {
        events.close();
        try {
            CompletableFuture<Void> stopped = server.stop();
            Channel socket = listening;
            if (socket == null) {
                stopped.join();
            } else {
                // Not for all of it: the thread that accepts connections waits two seconds more for work that cannot
                // come.
                socket.closeFuture().awaitUninterruptibly();
                connections.newCloseFuture().awaitUninterruptibly();
            }
        } catch (CompletionException e) {
            throw new IllegalStateException("the server did not stop in good order", e);
        } finally {
            threads.close();
        }
    }

    /** Where and when the work on a request is done. */
    private interface Runner {
        CompletableFuture<HttpResponse> run(ServiceRequestContext context, Supplier<HttpResponse> answer);
    }

    /** One request. */
    private record Call(ServiceRequestContext context) {
        Query query(Route route) {
            return new Query(route, context.queryParams());
        }

        JobId id() {
            return JobId.parse(parameter("id"));
        }

        QueueName queue() {
            return new QueueName(parameter("queue"));
        }

        private String parameter(String name) {
            @Nullable String value = context.pathParam(name);
            return value == null ? "" : value;
        }
    }
}
