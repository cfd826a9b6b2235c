package dev.leat.ids;

import dev.leat.api.control.ControlStore;
import dev.leat.api.control.ForwardingControlStore;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A store whose clock tells each process another time, as if every one of them saw another replica with another mistake. Who
 * sees a time ahead of the others' takes numbers from under their holders.
 */
final class JumpingControlStore extends ForwardingControlStore {
    private final AtomicReference<Duration> error;

    JumpingControlStore(ControlStore store, AtomicReference<Duration> error) {
        super(store);
        this.error = error;
    }

    @Override
    public Instant time() {
        return super.time().plus(error.get());
    }
}
