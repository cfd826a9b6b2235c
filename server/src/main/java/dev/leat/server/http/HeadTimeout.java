package dev.leat.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose client takes too long to say what it wants: it has begun a request of HTTP/1, or HTTP/2 as a
 * whole, and not got to the end of the beginning in time. From then on the request's own time-out holds. Without this, a
 * client that sends its headers byte by byte keeps its connection for ever, since every byte counts as a sign of life. On
 * HTTP/2 only whole frames do, so that there the idle time-out is enough once the connection stands.
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

        /** How many have one of the {@link Places}. */
        final AtomicInteger working = new AtomicInteger();

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

        /** How many have arrived and not been answered to the end. */
        int running() {
            return running.get();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        Requests requests = Requests.of(context.channel());
        int seen = requests.arrived.get();
        super.channelRead(context, message);
        if (requests.arrived.get() != seen || requests.running.get() > 0 || stands(context)) {
            disarm();
        } else if (deadline == null) {
            deadline = context.executor().schedule(() -> close(context), millis, TimeUnit.MILLISECONDS);
        }
    }

    private static void close(ChannelHandlerContext context) {
        var _ = context.close();
    }

    /** Whether this is a connection of HTTP/2 on which both sides have begun. */
    private static boolean stands(ChannelHandlerContext context) {
        Http2ConnectionHandler http2 = context.pipeline().get(Http2ConnectionHandler.class);
        return http2 != null && http2.decoder().prefaceReceived();
    }

    private void disarm() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        disarm();
        super.channelInactive(context);
    }
}
