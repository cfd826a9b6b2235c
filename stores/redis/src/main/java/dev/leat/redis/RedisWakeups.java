package dev.leat.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.leat.api.Lane;
import dev.leat.api.store.Wakeups;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wake-ups by publishing: who told, and then a lane a line. More than {@value #MOST_LANES} lanes are not named. Redis forgets a
 * message that nobody hears, so after each time that the connection broke listeners look everywhere.
 */
final class RedisWakeups implements Wakeups, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisWakeups.class);
    private static final int MOST_LANES = 50;
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final RedisLink link;
    private final String channel;
    private final String name = UUID.randomUUID().toString();
    private final Set<Consumer<Wakeup>> listeners = ConcurrentHashMap.newKeySet();
    private boolean listening;
    private volatile boolean subscribed;
    private @Nullable StatefulRedisPubSubConnection<byte[], byte[]> connection;
    private volatile boolean closed;

    RedisWakeups(RedisLink link) {
        this.link = link;
        channel = link.key(Keyspace.JOBS, "wake");
    }

    /** Tells that jobs of these lanes became available. Returns at once. */
    void available(Set<Lane> lanes) {
        if (!lanes.isEmpty()) {
            tell(lanes.size() > MOST_LANES ? Wakeup.ANYWHERE : new Wakeup(lanes));
        }
    }

    @Override
    public void committed() {
        tell(Wakeup.ANYWHERE);
    }

    private void tell(Wakeup wakeup) {
        link.tell(
                channel,
                name
                        + wakeup.lanes().stream()
                                .map(lane -> "\n" + Ids.text(lane))
                                .collect(Collectors.joining()));
        wake(wakeup);
    }

    private void wake(Wakeup wakeup) {
        listeners.forEach(listener -> listener.accept(wakeup));
    }

    private static void wake(Consumer<Wakeup> listener, Wakeup wakeup) {
        try {
            listener.accept(wakeup);
        } catch (RuntimeException e) {
            LOG.warn("what is to be done about a wake-up failed", e);
        }
    }

    @Override
    public Listening listen(Consumer<Wakeup> listener) {
        if (closed) {
            return () -> {};
        }
        Consumer<Wakeup> own = wakeup -> wake(listener, wakeup);
        listeners.add(own);
        if (subscribed) {
            own.accept(Wakeup.ANYWHERE);
        }
        subscribe();
        return () -> listeners.remove(own);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what comes of it is seen to here
    private synchronized void subscribe() {
        if (listening || closed) {
            return;
        }
        listening = true;
        link.listen(channel, new Hearing()).whenComplete((made, problem) -> {
            if (made != null) {
                keep(made);
            } else if (!closed) {
                LOG.warn("jobs of other processes are found by polling alone until Redis can be listened to", problem);
                link.later(RETRY, this::subscribeAgain);
            }
        });
    }

    private void subscribeAgain() {
        synchronized (this) {
            listening = false;
        }
        subscribe();
    }

    private synchronized void keep(StatefulRedisPubSubConnection<byte[], byte[]> made) {
        connection = made;
        if (closed) {
            RedisLink.drop(made);
        }
    }

    @Override
    public void close() {
        closed = true;
        listeners.clear();
        synchronized (this) {
            if (connection != null) {
                RedisLink.drop(connection);
            }
        }
    }

    private final class Hearing extends RedisPubSubAdapter<byte[], byte[]> {
        /** Also each time that the connection was made again. */
        @Override
        public void subscribed(byte[] to, long count) {
            subscribed = true;
            wake(Wakeup.ANYWHERE);
        }

        @Override
        public void message(byte[] from, byte[] message) {
            String[] lines = new String(message, US_ASCII).split("\n", -1);
            if (lines[0].equals(name)) {
                return;
            }
            try {
                Set<Lane> lanes = new HashSet<>();
                for (int i = 1; i < lines.length; i++) {
                    lanes.add(Ids.lane(lines[i].getBytes(US_ASCII)));
                }
                wake(new Wakeup(lanes));
            } catch (RuntimeException e) {
                LOG.debug("a message that is no wake-up", e);
            }
        }
    }
}
