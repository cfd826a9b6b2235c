package dev.leat.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.concurrent.TimeUnit;

/**
 * Tells the client of an HTTP/1 connection that there is no more to come as soon as the last answer is out. The server would
 * leave the connection to the client for three seconds, and a client that waits for the end would wait as long. Only the way
 * out is closed at first: to close both while the client still sends would have it lose the answer. An answer that says that
 * the connection ends need not be the last: the server says so in every answer once it has read the request that ends it,
 * also in those to the requests before.
 */
final class LastAnswer extends ChannelDuplexHandler {
    private static final long LINGER_MILLIS = 2_000;

    private final Channel channel;
    private final HeadTimeout.Requests requests;
    private boolean ends;
    private boolean ended;
    private int writing;

    private LastAnswer(Channel channel) {
        this.channel = channel;
        requests = HeadTimeout.Requests.of(channel);
    }

    static void watch(ChannelPipeline pipeline) {
        pipeline.addFirst(new ChannelInboundHandlerAdapter() {
            @Override
            public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
                // The server, who did not ask for it, would warn of it.
                if (!(event instanceof ChannelOutputShutdownEvent)) {
                    super.userEventTriggered(context, event);
                }
            }
        });
        pipeline.addLast(new LastAnswer(pipeline.channel()));
    }

    /** A request of this connection has been answered, and perhaps it was the last. */
    static void answered(Channel channel) {
        // Not at once: the write that this is called from is not over.
        channel.eventLoop().execute(() -> {
            LastAnswer last = channel.pipeline().get(LastAnswer.class);
            if (last != null) {
                last.endIfLast();
            }
        });
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        if (message instanceof HttpResponse answer) {
            ends |= !HttpUtil.isKeepAlive(answer);
        }
        ChannelPromise written = promise.unvoid();
        if (message instanceof LastHttpContent) {
            writing++;
            written.addListener(done -> {
                writing--;
                answered(channel);
            });
        }
        super.write(context, message, written);
    }

    /** Ends the way out if the connection is to end and nothing more is to be written on it. */
    private void endIfLast() {
        if (ends
                && !ended
                && writing == 0
                && requests.running() == 0
                && channel.isActive()
                && channel instanceof DuplexChannel duplex) {
            ended = true;
            var _ = duplex.shutdownOutput();
            var _ = channel.eventLoop().schedule(() -> close(channel), LINGER_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private static void close(Channel channel) {
        var _ = channel.close();
    }
}
