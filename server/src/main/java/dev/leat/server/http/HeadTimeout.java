package dev.leat.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose client takes too long to say what it wants: bytes arrive, but no request has come of them in
 * time. From then on the request's own time-out holds. Without this, a client that sends its headers byte by byte keeps its
 * connection for ever, since every byte counts as a sign of life.
 */
final class HeadTimeout extends ChannelInboundHandlerAdapter {
    private static final AttributeKey<Requests> REQUESTS = AttributeKey.valueOf(HeadTimeout.class, "requests");

    private final long millis;
    private @Nullable Future<?> deadline;

    HeadTimeout(long millis) {
        this.millis = millis;
    }

    /** The requests of one connection. */
    static final class Requests {
        private final AtomicInteger arrived = new AtomicInteger();
        private final AtomicInteger running = new AtomicInteger();

        static Requests of(Channel channel) {
            Requests fresh = new Requests();
            Requests known = channel.attr(REQUESTS).setIfAbsent(fresh);
            return known == null ? fresh : known;
        }

        /** A request has arrived, but perhaps for its body. */
        void arrived() {
            arrived.incrementAndGet();
            running.incrementAndGet();
        }

        void answered() {
            running.decrementAndGet();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (deadline == null) {
            int seen = Requests.of(context.channel()).arrived.get();
            deadline = context.executor().schedule(() -> judge(context, seen), millis, TimeUnit.MILLISECONDS);
        }
        super.channelRead(context, message);
    }

    private void judge(ChannelHandlerContext context, int seen) {
        deadline = null;
        Requests requests = Requests.of(context.channel());
        if (requests.arrived.get() == seen && requests.running.get() == 0) {
            var _ = context.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        if (deadline != null) {
            deadline.cancel(false);
        }
        super.channelInactive(context);
    }
}
