package dev.leat.postgres;

import dev.leat.api.Lane;
import dev.leat.api.StoreException;
import dev.leat.api.store.Wakeups.Listening;
import dev.leat.api.store.Wakeups.Wakeup;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on a connection of its own, and connects again when it breaks. After silence it asks whether the session still stands and
 * still listens, since a half-open connection is silent too.
 */
final class WakeupListener implements Listening {
    private static final Logger LOG = LoggerFactory.getLogger(WakeupListener.class);

    /** However many notifications come, the listener is called no more often than this. */
    private static final long GAP = Duration.ofMillis(1).toNanos();

    private static final long SILENCE = Duration.ofSeconds(10).toNanos();
    private static final long AT_ONCE = 1;

    /** When those who were not chosen look as well: perhaps the chosen do not serve the lane. */
    private static final long LATER_FROM = Duration.ofMillis(50).toNanos();

    private static final long LATER_TO = Duration.ofMillis(250).toNanos();

    private final Database database;
    private final Lanes lanes;
    private final WakeupChannel channel;
    private final IntPredicate own;
    private final Consumer<Wakeup> listener;
    private final ConnectedThread thread;
    private volatile int backend;
    private volatile @Nullable String problem;

    /** What is told later, and when. */
    private @Nullable Wakeup later;

    private long laterAt;

    /** @param own whether that backend sends for this process itself */
    WakeupListener(
            PostgresConfig config,
            Database database,
            Lanes lanes,
            WakeupChannel channel,
            IntPredicate own,
            Consumer<Wakeup> listener) {
        this.database = database;
        this.lanes = lanes;
        this.channel = channel;
        this.own = own;
        this.listener = listener;
        thread = new ConnectedThread("leat-wakeup-listener", config, this::run);
    }

    WakeupListener start() {
        thread.start();
        return this;
    }

    /** The backend that it listens by; 0 if there is none now. */
    int backend() {
        return backend;
    }

    /** Why it does not hear at this moment. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    private void run() {
        int failures = 0;
        while (!thread.isEnding()) {
            try {
                listen();
                failures = 0;
                hear(thread.connected());
            } catch (SQLException | RuntimeException e) {
                backend = 0;
                thread.disconnect();
                if (!thread.isEnding()) {
                    failures++;
                    problem = String.valueOf(e.getMessage());
                    if (failures == 2) {
                        LOG.warn("wake-ups from other processes are not heard, only polled for: {}", e.getMessage());
                    }
                    LOG.debug("listening failed, {} times now", failures, e);
                    thread.pauseAfter(failures);
                }
            }
        }
    }

    private void listen() throws SQLException {
        Connection connection = thread.connected();
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "set application_name = '" + channel.listeners() + "'; listen \"" + channel.name() + "\"");
        }
        backend = checked(connection);
        problem = null;
        tell(Wakeup.ANYWHERE);
    }

    /** Its backend, if that listens. */
    private int checked(Connection connection) throws SQLException {
        return database.call(connection, "listening")
                .set("channel", channel.name())
                .rows(row -> {
                    if (!row.getBoolean("listening")) {
                        throw new SQLException("the session does not listen any more; is there a pooler in between?");
                    }
                    return row.getInt("pid");
                })
                .getFirst();
    }

    /** Until the connection breaks. */
    private void hear(Connection connection) throws SQLException {
        PGConnection session = connection.unwrap(PGConnection.class);
        long heardAt = System.nanoTime();
        while (!thread.isEnding()) {
            long now = System.nanoTime();
            long wait = heardAt + SILENCE - now;
            if (later != null) {
                wait = Math.min(wait, laterAt - now);
            }
            PGNotification[] heard =
                    session.getNotifications((int) Math.max(AT_ONCE, TimeUnit.NANOSECONDS.toMillis(wait)));
            if (heard != null && heard.length > 0) {
                heardAt = System.nanoTime();
                take(heard);
            } else if (System.nanoTime() - heardAt >= SILENCE) {
                checked(connection);
                heardAt = System.nanoTime();
            }
            tellLater();
        }
    }

    private void take(PGNotification[] heard) {
        Wakeup now = null;
        for (PGNotification each : heard) {
            if (!own.test(each.getPID())) {
                WakeupText text = WakeupText.parse(each.getParameter());
                if (text.isFor(backend)) {
                    now = merged(now, wakeup(text));
                } else {
                    postpone(wakeup(text));
                }
            }
        }
        if (now != null) {
            tell(now);
            thread.pause(GAP);
        }
    }

    private void postpone(Wakeup wakeup) {
        if (later == null) {
            laterAt = System.nanoTime() + ThreadLocalRandom.current().nextLong(LATER_FROM, LATER_TO);
        }
        later = merged(later, wakeup);
    }

    private void tellLater() {
        Wakeup due = later;
        if (due != null && System.nanoTime() - laterAt >= 0) {
            later = null;
            tell(due);
        }
    }

    private static Wakeup merged(@Nullable Wakeup one, Wakeup other) {
        if (one == null || other.isAnywhere()) {
            return other;
        }
        Set<Lane> both = new HashSet<>(one.lanes());
        both.addAll(other.lanes());
        return one.isAnywhere() ? one : new Wakeup(both);
    }

    private Wakeup wakeup(WakeupText text) {
        try {
            Set<Lane> named = new HashSet<>();
            for (int number : text.lanes()) {
                Optional<Lane> lane = lanes.known(number);
                if (lane.isEmpty()) {
                    return Wakeup.ANYWHERE;
                }
                named.add(lane.get());
            }
            return new Wakeup(named);
        } catch (StoreException e) {
            LOG.debug("lanes could not be read", e);
            return Wakeup.ANYWHERE;
        }
    }

    private void tell(Wakeup wakeup) {
        if (!thread.isEnding()) {
            listener.accept(wakeup);
        }
    }

    @Override
    public void close() {
        thread.end(Duration.ZERO);
    }
}
