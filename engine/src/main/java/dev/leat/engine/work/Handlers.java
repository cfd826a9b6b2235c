package dev.leat.engine.work;

import dev.leat.api.KindName;
import dev.leat.engine.handler.Handler;
import dev.leat.engine.handler.JobKind;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Which handler runs which kind. Thread-safe. */
public final class Handlers {
    private final Map<KindName, Handled<?>> byKind = new ConcurrentHashMap<>();

    /**
     * Adds a handler.
     *
     * @throws IllegalArgumentException if the kind has one
     */
    public <P> void add(JobKind<P> kind, Handler<P> handler) {
        if (byKind.putIfAbsent(kind.name(), new Handled<>(kind, handler)) != null) {
            throw new IllegalArgumentException("kind \"" + kind.name() + "\" has a handler already");
        }
    }

    public Set<KindName> kinds() {
        return Set.copyOf(byKind.keySet());
    }

    Handled<?> of(KindName kind) {
        Handled<?> handled = byKind.get(kind);
        if (handled == null) {
            throw new IllegalStateException("kind \"" + kind + "\" was claimed but has no handler");
        }
        return handled;
    }

    record Handled<P>(JobKind<P> kind, Handler<P> handler) {}
}
