package dev.leat.server.http;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.stream.SubscriptionOption;
import dev.leat.server.local.Problems;
import dev.leat.wire.ApiException;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Reads a body into one array, which grows in doublings with what has come, whatever the client has said is to come: only
 * what is there takes room from others.
 */
final class BodyReader implements Subscriber<HttpObject> {
    private static final int FIRST = 4 * 1024;

    private final BodyBudget.Share share;
    private final int most;
    private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
    private @Nullable Subscription source;
    private byte[] bytes = new byte[0];
    private int length;

    private BodyReader(BodyBudget.Share share, int most) {
        this.share = share;
        this.most = most;
    }

    /**
     * Reads all of a body.
     *
     * @param share grows with the body
     * @param most the longest body that the server lets through
     * @return fails with {@code SERVER_BUSY} as soon as there is no room, and with {@code BODY_TOO_LARGE} as soon as it is clear
     *     that there never will be
     * @throws ApiException instead, if that is clear at once
     */
    static CompletableFuture<byte[]> read(HttpRequest request, BodyBudget.Share share, long most) {
        long said = request.headers().contentLength();
        if (said > most) {
            throw tooLarge();
        }
        BodyReader reader = new BodyReader(share, Math.toIntExact(said > 0 ? said : most));
        request.subscribe(reader, SubscriptionOption.WITH_POOLED_OBJECTS);
        return reader.whole;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        source = subscription;
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(HttpObject part) {
        if (part instanceof HttpData data) {
            try (data) {
                take(data.byteBuf());
            } catch (RuntimeException e) {
                if (source != null) {
                    source.cancel();
                }
                whole.completeExceptionally(e);
            }
        }
    }

    private void take(ByteBuf data) {
        int more = data.readableBytes();
        if (whole.isDone()) {
            return;
        }
        if (more > most - length) {
            throw tooLarge();
        }
        if (length + more > bytes.length) {
            int size = Math.min(most, Math.max(FIRST, Math.max(length + more, 2 * length)));
            share.growTo(size);
            bytes = Arrays.copyOf(bytes, size);
        }
        data.readBytes(bytes, length, more);
        length += more;
    }

    private static ApiException tooLarge() {
        return Problems.exception(413, "BODY_TOO_LARGE", Failures.BODY_TOO_LARGE);
    }

    @Override
    public void onError(Throwable cause) {
        whole.completeExceptionally(cause);
    }

    @Override
    public void onComplete() {
        whole.complete(length == bytes.length ? bytes : Arrays.copyOf(bytes, length));
    }
}
