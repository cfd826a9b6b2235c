package dev.leat.postgres;

import dev.leat.api.Lane;
import dev.leat.api.store.Wakeups;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Wake-ups by LISTEN and NOTIFY. The channel is named after the schema's instance, so that two schemas do not hear each other
 * and no name can be too long.
 */
final class PostgresWakeups implements Wakeups, AutoCloseable {
    private final PostgresConfig config;
    private final Database database;
    private final Lanes lanes;
    private final String channel;
    private final WakeupSender sender;
    private final Set<WakeupListener> listeners = ConcurrentHashMap.newKeySet();
    private boolean closed;

    PostgresWakeups(PostgresConfig config, Database database, Lanes lanes) {
        this.config = config;
        this.database = database;
        this.lanes = lanes;
        UUID instance = database.statement(connection -> database.call(connection, "instance")
                .rows(row -> row.getObject("id", UUID.class))
                .getFirst());
        channel = "leat_" + instance;
        sender = new WakeupSender(
                config,
                database,
                lanes,
                channel,
                () -> listeners.stream().mapToInt(WakeupListener::backend).toArray());
    }

    /** Tells other processes that jobs of these interned lanes became available. Returns at once. */
    void available(Collection<Lane> of, int jobs) {
        if (!of.isEmpty()) {
            sender.tell(of, jobs);
        }
    }

    @Override
    public void committed() {
        sender.tellAnywhere();
    }

    /** Behind a pooler nothing would be heard, so nobody listens. */
    @Override
    public synchronized Listening listen(Consumer<Wakeup> listener) {
        if (closed || database.isPooled()) {
            return () -> {};
        }
        WakeupListener made =
                new WakeupListener(config, database, lanes, channel, backend -> backend == sender.backend(), listener);
        listeners.add(made);
        made.start();
        return () -> {
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
        listeners.forEach(WakeupListener::close);
        listeners.clear();
        sender.close();
    }
}
