package dev.leat.client;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Takes a body of up to so many bytes, and fails at the first one more. */
final class Bounded implements BodySubscriber<byte[]> {
    private final BodySubscriber<byte[]> inner = BodySubscribers.ofByteArray();
    private final long most;
    private long taken;
    private Flow.@Nullable Subscription subscription;

    Bounded(long most) {
        this.most = most;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return inner.getBody();
    }

    @Override
    public void onSubscribe(Flow.Subscription begun) {
        subscription = begun;
        inner.onSubscribe(begun);
    }

    @Override
    public void onNext(List<ByteBuffer> items) {
        if (taken > most) {
            return;
        }
        taken += items.stream().mapToLong(ByteBuffer::remaining).sum();
        if (taken <= most) {
            inner.onNext(items);
            return;
        }
        if (subscription != null) {
            subscription.cancel();
        }
        inner.onError(new IOException("the answer is longer than " + most + " bytes"));
    }

    @Override
    public void onError(Throwable e) {
        inner.onError(e);
    }

    @Override
    public void onComplete() {
        if (taken <= most) {
            inner.onComplete();
        }
    }
}
