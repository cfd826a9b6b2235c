package dev.leat.postgres;

import dev.leat.api.Lane;
import dev.leat.api.store.Wakeups;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wake-ups of other processes by LISTEN and NOTIFY, and of those who listen in this one by a call. */
final class PostgresWakeups implements Wakeups, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresWakeups.class);

    private final PostgresConfig config;
    private final Database database;
    private final Lanes lanes;
    private final WakeupChannel channel;
    private final WakeupSender sender;
    private final Set<Consumer<Wakeup>> here = ConcurrentHashMap.newKeySet();
    private final Set<WakeupListener> listeners = ConcurrentHashMap.newKeySet();
    private boolean closed;

    PostgresWakeups(PostgresConfig config, Database database, Lanes lanes, Steps steps) {
        this.config = config;
        this.database = database;
        this.lanes = lanes;
        channel = database.statement(connection -> database.call(connection, "instance")
                .rows(row -> new WakeupChannel(row.getObject("id", UUID.class)))
                .getFirst());
        sender = new WakeupSender(
                config,
                database,
                lanes,
                channel,
                steps,
                () -> listeners.stream().mapToInt(WakeupListener::backend).toArray());
    }

    /** Tells that jobs of these interned lanes became available. Returns at once. */
    void available(Collection<Lane> of, int jobs) {
        if (!of.isEmpty()) {
            sender.tell(of, jobs);
            if (!here.isEmpty()) {
                Wakeup wakeup = new Wakeup(Set.copyOf(of));
                here.forEach(listener -> listener.accept(wakeup));
            }
        }
    }

    @Override
    public void committed() {
        sender.tellAnywhere();
        here.forEach(listener -> listener.accept(Wakeup.ANYWHERE));
    }

    /** Jobs were enqueued of which nobody is told yet. */
    void expectSteps() {
        sender.expectSteps();
    }

    /** Behind a pooler nothing would be heard of other processes. */
    @Override
    public synchronized Listening listen(Consumer<Wakeup> listener) {
        if (closed) {
            return () -> {};
        }
        Consumer<Wakeup> harmless = wakeup -> {
            try {
                listener.accept(wakeup);
            } catch (RuntimeException e) {
                LOG.warn("what is to be done about a wake-up failed", e);
            }
        };
        here.add(harmless);
        if (database.isPooled()) {
            return () -> here.remove(harmless);
        }
        WakeupListener made =
                new WakeupListener(config, database, lanes, channel, backend -> backend == sender.backend(), harmless);
        listeners.add(made);
        made.start();
        return () -> {
            here.remove(harmless);
            made.close();
            listeners.remove(made);
        };
    }

    /** Why nothing is heard at this moment, for people. */
    Optional<String> problem() {
        return listeners.stream().flatMap(each -> each.problem().stream()).findFirst();
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        here.clear();
        listeners.forEach(WakeupListener::close);
        listeners.clear();
        sender.close();
    }
}
