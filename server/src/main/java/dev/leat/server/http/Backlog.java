package dev.leat.server.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpServerCodec;

/**
 * Reads no further on a connection of HTTP/1 while it has many requests that are not answered to the end. Without this, a
 * client that sends requests in one go, and perhaps reads no answer, has them all kept in memory. What
 * has been read by then is still answered, be it with a refusal.
 */
final class Backlog {
    private Backlog() {}

    /** A request has arrived. On the connection's own thread. */
    static void arrived(Channel channel, int running, int most) {
        if (running >= most && channel.pipeline().get(HttpServerCodec.class) != null) {
            channel.config().setAutoRead(false);
        }
    }

    /** A request has been answered. On the connection's own thread. */
    static void answered(Channel channel, int running, int most) {
        if (running < most && !channel.config().isAutoRead()) {
            channel.config().setAutoRead(true);
        }
    }
}
