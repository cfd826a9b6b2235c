package dev.leat.server.http;

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
 * out is closed at first: to close both while the client still sends would have it lose the answer.
 */
final class LastAnswer extends ChannelDuplexHandler {
    private static final long LINGER_MILLIS = 2_000;

    private boolean last;

    private LastAnswer() {}

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
        pipeline.addLast(new LastAnswer());
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        if (message instanceof HttpResponse answer) {
            last |= !HttpUtil.isKeepAlive(answer);
        }
        ChannelPromise written = promise.unvoid();
        if (last && message instanceof LastHttpContent && context.channel() instanceof DuplexChannel channel) {
            // Not at once: the write that this is called from is not over.
            written.addListener(done -> channel.eventLoop().execute(() -> end(channel)));
        }
        super.write(context, message, written);
    }

    private static void end(DuplexChannel channel) {
        if (channel.isActive()) {
            var _ = channel.shutdownOutput();
            var _ = channel.eventLoop().schedule(() -> close(channel), LINGER_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private static void close(DuplexChannel channel) {
        var _ = channel.close();
    }
}
