package dev.leat.kv;

import dev.leat.api.Lane;
import dev.leat.api.store.Wakeups;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wake-ups of those who share the stores of this process, by a call of whoever told; no other process has the directory. */
final class KvWakeups implements Wakeups, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KvWakeups.class);

    private final Set<Consumer<Wakeup>> listeners = ConcurrentHashMap.newKeySet();
    private boolean closed;

    /** Jobs of these lanes became available. */
    void available(Set<Lane> lanes) {
        if (!lanes.isEmpty() && !listeners.isEmpty()) {
            tell(new Wakeup(lanes));
        }
    }

    @Override
    public void committed() {
        tell(Wakeup.ANYWHERE);
    }

    private void tell(Wakeup wakeup) {
        listeners.forEach(listener -> listener.accept(wakeup));
    }

    @Override
    public Listening listen(Consumer<Wakeup> listener) {
        Consumer<Wakeup> harmless = wakeup -> {
            try {
                listener.accept(wakeup);
            } catch (RuntimeException e) {
                LOG.warn("what is to be done about a wake-up failed", e);
            }
        };
        synchronized (this) {
            if (closed) {
                return () -> {};
            }
            listeners.add(harmless);
        }
        harmless.accept(Wakeup.ANYWHERE);
        return () -> listeners.remove(harmless);
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        listeners.clear();
    }
}
