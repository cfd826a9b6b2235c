package dev.leat.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SocketOptions.KeepAliveOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.pubsub.RedisPubSubListener;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs scripts on one connection that all callers share, and tells of each failure whether it may have taken effect.
 *
 * <p>Lettuce would send again by itself what was under way when a connection broke. A settlement that was accepted would then be
 * answered as stale; so it is kept from that, and a call that was sent fails with {@link Effect#UNKNOWN}. The next call connects
 * anew. A call that gets no answer in time closes the connection, since whatever is behind it would get none either; so does one that
 * a replica answers, since behind a name there may be another server by now.
 */
final class RedisLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);
    private static final int MOST_WAITING = 100_000;

    private final RedisConfig config;
    private final LongSupplier clockAhead;
    private final ClientResources resources;
    private final RedisClient client;
    private final RedisClient listening;
    private final RedisURI uri;
    private final Map<Keyspace, byte[][]> keys = new EnumMap<>(Keyspace.class);
    private final AtomicReference<@Nullable CompletableFuture<StatefulRedisConnection<byte[], byte[]>>> current =
            new AtomicReference<>();
    private volatile boolean closed;

    /** @param clockAhead milliseconds that the store's clock is ahead of the server's: 0 outside tests */
    RedisLink(RedisConfig config, LongSupplier clockAhead) {
        this.config = config;
        this.clockAhead = clockAhead;
        uri = config.uri();
        resources = DefaultClientResources.builder()
                .ioThreadPoolSize(2)
                .computationThreadPoolSize(2)
                .reconnectDelay(
                        Delay.exponential(Duration.ofMillis(1), Duration.ofSeconds(2), 2, TimeUnit.MILLISECONDS))
                .build();
        client = RedisClient.create(resources);
        client.setOptions(options(false));
        listening = RedisClient.create(resources);
        listening.setOptions(options(true));
        for (Keyspace space : Keyspace.values()) {
            keys.put(space, space.keys(config.prefix()));
        }
    }

    private ClientOptions options(boolean reconnects) {
        return ClientOptions.builder()
                .autoReconnect(reconnects)
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(MOST_WAITING)
                .protocolVersion(ProtocolVersion.RESP2)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(config.timeout())
                        .keepAlive(KeepAliveOptions.builder()
                                .enable()
                                .idle(Duration.ofSeconds(10))
                                .interval(Duration.ofSeconds(5))
                                .count(3)
                                .build())
                        .tcpNoDelay(true)
                        .build())
                .build();
    }

    String key(Keyspace space, String name) {
        return space.key(config.prefix(), name);
    }

    /** Runs a script, which does all of its work or none. */
    Reply run(Script script, Arguments arguments) {
        return run(script, List.of(), arguments);
    }

    /**
     * The same.
     *
     * @param more keys, behind those of the script's space
     */
    Reply run(Script script, List<byte[]> more, Arguments arguments) {
        byte[][] names = keys(script.space(), more);
        byte[][] own = arguments.all();
        byte[][] all = new byte[own.length + 1][];
        all[0] = Arguments.text(Long.toString(clockAhead.getAsLong()));
        System.arraycopy(own, 0, all, 1, own.length);
        try {
            return new Reply(ask(redis -> redis.evalsha(script.sha1(), ScriptOutputType.MULTI, names, all)));
        } catch (NotLoaded e) {
            LOG.debug("loading script {}", script.name());
            return sent(script, names, all);
        }
    }

    private Reply sent(Script script, byte[][] names, byte[][] all) {
        return new Reply(ask(redis -> redis.eval(Arguments.text(script.source()), ScriptOutputType.MULTI, names, all)));
    }

    private byte[][] keys(Keyspace space) {
        return Objects.requireNonNull(keys.get(space));
    }

    private byte[][] keys(Keyspace space, List<byte[]> more) {
        byte[][] fixed = keys(space);
        if (more.isEmpty()) {
            return fixed;
        }
        byte[][] all = Arrays.copyOf(fixed, fixed.length + more.size());
        for (int i = 0; i < more.size(); i++) {
            all[fixed.length + i] = more.get(i);
        }
        return all;
    }

    /**
     * Finds out whether the user may do all that scripts do.
     *
     * @throws StoreException with no effect, naming what to allow: a script that met it half way would have done half of its work
     */
    void checkRights() {
        List<Script> probes = new ArrayList<>();
        for (Keyspace space : Keyspace.values()) {
            probes.add(Script.probe(space));
        }
        if (config.streams() != null) {
            probes.add(Script.streamsProbe());
        }
        for (Script probe : probes) {
            sent(probe, keys(probe.space()), new byte[0][]); // which run() does only for a server that does not know it
            Reply forbidden = run(probe, new Arguments());
            if (forbidden.hasMore()) {
                List<String> missing = new ArrayList<>();
                while (forbidden.hasMore()) {
                    missing.add("+" + forbidden.text());
                }
                throw new StoreException(
                        "Redis at " + config.url() + " forbids the user commands that the store needs; allow "
                                + String.join(" ", missing),
                        Effect.NONE,
                        null);
            }
        }
    }

    /** One field of a hash; empty if it is not there. */
    Optional<byte[]> field(Keyspace space, String key, String field) {
        return Optional.ofNullable(ask(redis -> redis.hget(Arguments.text(key(space, key)), Arguments.text(field))));
    }

    /** Milliseconds since 1970 by the store's clock. */
    long time() {
        List<byte[]> time = ask(RedisAsyncCommands::time);
        return Long.parseLong(new String(time.get(0), UTF_8)) * 1_000
                + Long.parseLong(new String(time.get(1), UTF_8)) / 1_000
                + clockAhead.getAsLong();
    }

    /**
     * Deletes all keys of the store, with no pause that others notice.
     *
     * @param layout that of its jobs
     */
    void deleteAll(JobLayout layout) {
        if (config.streams() != null) {
            Reply lanes = run(layout.script("names"), new Arguments());
            while (lanes.hasMore()) {
                byte[][] streams = layout.all(Ids.lane(lanes.next())).toArray(byte[][]::new);
                ask(redis -> redis.unlink(streams));
            }
        }
        keys.values().forEach(names -> ask(redis -> redis.unlink(names)));
    }

    Map<String, String> config(String... names) {
        return ask(redis -> redis.configGet(names));
    }

    String info(String section) {
        return ask(redis -> redis.info(section));
    }

    /** Listens on a connection of its own, which is made again whenever it breaks; closed with this. */
    CompletableFuture<StatefulRedisPubSubConnection<byte[], byte[]>> listen(
            String channel, RedisPubSubListener<byte[], byte[]> listener) {
        return listening
                .connectPubSubAsync(ByteArrayCodec.INSTANCE, uri)
                .thenCompose(connection -> {
                    connection.addListener(listener);
                    return connection
                            .async()
                            .subscribe(Arguments.text(channel))
                            .whenComplete((subscribed, problem) -> {
                                if (problem != null) {
                                    drop(connection);
                                }
                            })
                            .thenApply(subscribed -> connection)
                            .toCompletableFuture();
                })
                .toCompletableFuture();
    }

    /** Runs something that does not fail once, a while later, unless this is closed first. */
    @SuppressWarnings("FutureReturnValueIgnored")
    void later(Duration delay, Runnable work) {
        if (!closed) {
            resources.eventExecutorGroup().schedule(work, delay.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Sends and does not wait for the answer. */
    void tell(String channel, String message) {
        CompletableFuture<StatefulRedisConnection<byte[], byte[]>> connected = current.get();
        if (connected != null && connected.isDone() && !connected.isCompletedExceptionally()) {
            RedisFuture<Long> told = connected.join().async().publish(Arguments.text(channel), Arguments.text(message));
            told.whenComplete((listeners, problem) -> {
                if (problem != null) {
                    LOG.debug("a wake-up was not sent", problem);
                }
            });
        }
    }

    private <T> T ask(Function<RedisAsyncCommands<byte[], byte[]>, RedisFuture<T>> question) {
        StatefulRedisConnection<byte[], byte[]> connection = connection();
        RedisFuture<T> future = question.apply(connection.async());
        try {
            return future.get(config.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof RedisNoScriptException) {
                throw new NotLoaded();
            }
            if (Refusal.of(cause).filter(Refusal::isOfNoUse).isPresent()) {
                drop(connection);
            }
            throw failure(cause, Effect.UNKNOWN);
        } catch (TimeoutException e) {
            future.cancel(true);
            drop(connection);
            throw new StoreException(
                    "Redis at " + config.url() + " did not answer within "
                            + config.timeout().toMillis() + " ms",
                    Effect.UNKNOWN,
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("the call was interrupted while it waited for Redis", Effect.UNKNOWN, e);
        }
    }

    /** The one that is open, or a new one that all who ask meanwhile wait for together. */
    private StatefulRedisConnection<byte[], byte[]> connection() {
        CompletableFuture<StatefulRedisConnection<byte[], byte[]>> connecting = connecting();
        try {
            return connecting.get(config.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failure(e.getCause() == null ? e : e.getCause(), Effect.NONE);
        } catch (TimeoutException e) {
            throw new StoreException(
                    "no connection to Redis at " + config.url() + " within "
                            + config.timeout().toMillis() + " ms",
                    Effect.NONE,
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("the call was interrupted before it reached Redis", Effect.NONE, e);
        }
    }

    private CompletableFuture<StatefulRedisConnection<byte[], byte[]>> connecting() {
        while (true) {
            if (closed) {
                throw new StoreException("the store is closed", Effect.NONE, null);
            }
            CompletableFuture<StatefulRedisConnection<byte[], byte[]>> known = current.get();
            if (known != null && isUsable(known)) {
                return known;
            }
            CompletableFuture<StatefulRedisConnection<byte[], byte[]>> fresh = new CompletableFuture<>();
            if (current.compareAndSet(known, fresh)) {
                connect(fresh);
                return fresh;
            }
        }
    }

    private static boolean isUsable(CompletableFuture<StatefulRedisConnection<byte[], byte[]>> known) {
        return !known.isDone()
                || (!known.isCompletedExceptionally() && known.join().isOpen());
    }

    /** On whichever thread: waiting for it could be waiting for oneself. */
    @SuppressWarnings("FutureReturnValueIgnored")
    static void drop(StatefulConnection<?, ?> connection) {
        connection.closeAsync();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what comes of it is in the other future
    private void connect(CompletableFuture<StatefulRedisConnection<byte[], byte[]>> fresh) {
        try {
            client.connectAsync(ByteArrayCodec.INSTANCE, uri).whenComplete((connection, problem) -> {
                if (connection == null) {
                    fresh.completeExceptionally(
                            problem == null ? new IllegalStateException("neither connection nor problem") : problem);
                } else {
                    fresh.complete(connection);
                    if (closed) {
                        drop(connection);
                    }
                }
            });
        } catch (RuntimeException e) {
            fresh.completeExceptionally(e);
        }
    }

    /** @param otherwise if the server did not say that it refused the call */
    private StoreException failure(Throwable cause, Effect otherwise) {
        Optional<Refusal> refusal = Refusal.of(cause);
        if (refusal.isPresent()) {
            return new StoreException(
                    "Redis at " + config.url() + " refused: " + refusal.get().adviceFor(config.prefix()),
                    refusal.get().effect(),
                    cause);
        }
        return new StoreException(
                otherwise == Effect.NONE
                        ? "no connection to Redis at " + config.url() + "; is it running there? (" + rootMessage(cause)
                                + ")"
                        : "Redis at " + config.url() + " failed: " + rootMessage(cause),
                otherwise,
                cause);
    }

    private static String rootMessage(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        client.shutdown(Duration.ZERO, config.timeout());
        listening.shutdown(Duration.ZERO, config.timeout());
        resources
                .shutdown(0, config.timeout().toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(config.timeout().toMillis());
    }

    /** The server does not know the script, and so did nothing. */
    private static final class NotLoaded extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotLoaded() {
            super("the script is not loaded", null, false, false);
        }
    }

    /** Of a call in several steps: once one was done, whatever fails then comes after an effect. Not thread-safe. */
    static final class Progress {
        private boolean begun;

        <T> T step(Supplier<T> work) {
            try {
                T result = work.get();
                begun = true;
                return result;
            } catch (StoreException e) {
                if (begun && e.effect() == Effect.NONE) {
                    throw new StoreException("part of the call was done, then: " + e.getMessage(), Effect.UNKNOWN, e);
                }
                throw e;
            }
        }
    }
}
