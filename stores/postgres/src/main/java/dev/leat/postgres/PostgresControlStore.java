package dev.leat.postgres;

import dev.leat.api.Checks;
import dev.leat.api.control.Change;
import dev.leat.api.control.ControlRecord;
import dev.leat.api.control.ControlStore;
import dev.leat.api.control.JournalEntry;
import dev.leat.api.control.Leadership;
import dev.leat.api.control.RecordKey;
import dev.leat.api.control.Written;
import dev.leat.api.store.ClaimRequest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Keeps control records in PostgreSQL. */
public final class PostgresControlStore implements ControlStore {
    /** Records before journals, each in the order of their names; entries of one journal stay as they are. */
    private static final Comparator<Change> LOCK_ORDER = Comparator.comparing(change -> switch (change) {
        case Change.OfRecord of -> "r" + of.key().space() + "/" + of.key().name();
        case Change.Append append -> "s" + append.journal();
    });

    private final Database database;

    PostgresControlStore(Database database) {
        this.database = database;
    }

    @Override
    public Instant time() {
        return database.time();
    }

    @Override
    public Optional<ControlRecord> get(RecordKey key) {
        return database.statement(connection -> read(connection, key));
    }

    private Optional<ControlRecord> read(Connection connection, RecordKey key) throws SQLException {
        return database
                .call(connection, "control_get")
                .set("space", key.space())
                .set("name", key.name())
                .rows(row -> new ControlRecord(key, row.getLong("version"), row.getString("value")))
                .stream()
                .findFirst();
    }

    @Override
    public List<ControlRecord> range(String space, String after, int max) {
        Checks.name("space", space);
        Checks.range("max", max, 1, MOST);
        return database.statement(connection -> database.call(connection, "control_range")
                .set("space", space)
                .set("after", after)
                .set("max_rows", max)
                .rows(row -> new ControlRecord(
                        new RecordKey(space, row.getString("name")), row.getLong("version"), row.getString("value"))));
    }

    @Override
    public Written write(List<Change> changes, @Nullable Leadership as) {
        Change.checkWrite(changes);
        try {
            return database.transaction(connection -> {
                if (as != null && !isCurrent(connection, as)) {
                    throw new Refused(new Written.Deposed(as));
                }
                long version = version(connection, changes);
                for (Change change : changes.stream().sorted(LOCK_ORDER).toList()) {
                    apply(connection, change, version);
                }
                return new Written.Done(version);
            });
        } catch (Refused e) {
            return e.answer;
        }
    }

    /** Locks the spaces, then draws the version; 0 if no record changes. */
    private long version(Connection connection, List<Change> changes) throws SQLException {
        String[] spaces = changes.stream()
                .filter(Change.OfRecord.class::isInstance)
                .map(change -> ((Change.OfRecord) change).key().space())
                .distinct()
                .sorted()
                .toArray(String[]::new);
        if (spaces.length == 0) {
            return 0;
        }
        database.call(connection, "control_lock_spaces")
                .array("spaces", "text", spaces)
                .update();
        return database.call(connection, "control_revise")
                .array("spaces", "text", spaces)
                .rows(row -> row.getLong("version"))
                .getFirst();
    }

    private void apply(Connection connection, Change change, long version) throws SQLException {
        int changed = switch (change) {
            case Change.Put(RecordKey key, long expected, String value)
            when expected == Change.ABSENT ->
                at(connection, "control_create", key)
                        .set("version", version)
                        .set("value", value)
                        .update();
            case Change.Put(RecordKey key, long expected, String value) ->
                at(connection, "control_put", key)
                        .set("version", version)
                        .set("value", value)
                        .set("expected", expected)
                        .update();
            case Change.Delete(RecordKey key, long expected) ->
                at(connection, "control_delete", key).set("expected", expected).update();
            case Change.Append(String journal, String entry) ->
                database.call(connection, "journal_append")
                        .set("journal", journal)
                        .set("entry", entry)
                        .update();
        };
        if (changed == 0 && change instanceof Change.OfRecord of) {
            long actual = read(connection, of.key()).map(ControlRecord::version).orElse(Change.ABSENT);
            throw new Refused(new Written.Conflict(of.key(), actual));
        }
    }

    private Call at(Connection connection, String name, RecordKey key) {
        return database.call(connection, name).set("space", key.space()).set("name", key.name());
    }

    @Override
    public long revision(String space) {
        Checks.name("space", space);
        return database.statement(connection ->
                database
                        .call(connection, "control_revision")
                        .set("space", space)
                        .rows(row -> row.getLong("revision"))
                        .stream()
                        .findFirst()
                        .orElse(0L));
    }

    @Override
    public List<JournalEntry> journal(String journal, long after, int max) {
        Checks.name("journal", journal);
        Checks.range("max", max, 1, MOST);
        return database.statement(connection -> database.call(connection, "journal_read")
                .set("journal", journal)
                .set("after", after)
                .set("max_rows", max)
                .rows(row -> new JournalEntry(
                        row.getLong("sequence"),
                        row.getObject("written_at", OffsetDateTime.class).toInstant(),
                        row.getString("entry"))));
    }

    @Override
    public Optional<Leadership> lead(String role, String node, Duration lease) {
        Checks.name("role", role);
        Checks.range("lease", lease, ClaimRequest.SHORTEST_LEASE, ClaimRequest.LONGEST_LEASE);
        return database.statement(connection -> database
                .call(connection, "lead")
                .set("role", role)
                .set("node", node)
                .set("lease_seconds", Enqueuer.seconds(lease))
                .rows(row -> new Leadership(
                        role,
                        node,
                        row.getLong("epoch"),
                        row.getObject("expires_at", OffsetDateTime.class).toInstant()))
                .stream()
                .findFirst());
    }

    @Override
    public void resign(Leadership leadership) {
        database.statement(connection -> as(connection, "resign", leadership).update());
    }

    private boolean isCurrent(Connection connection, Leadership leadership) throws SQLException {
        return !as(connection, "leader_check", leadership)
                .rows(row -> row.getInt(1))
                .isEmpty();
    }

    private Call as(Connection connection, String name, Leadership leadership) {
        return database.call(connection, name)
                .set("role", leadership.role())
                .set("node", leadership.node())
                .set("epoch", leadership.epoch());
    }

    @Override
    public void close() {
        // The connections belong to PostgresStores, which made them for both stores.
    }

    /** Undoes a write whose answer is known. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Written answer;

        Refused(Written answer) {
            super(null, null, false, false);
            this.answer = answer;
        }
    }
}
