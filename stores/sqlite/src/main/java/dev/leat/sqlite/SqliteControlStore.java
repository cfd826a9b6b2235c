package dev.leat.sqlite;

import dev.leat.api.Checks;
import dev.leat.api.control.Change;
import dev.leat.api.control.ControlRecord;
import dev.leat.api.control.ControlStore;
import dev.leat.api.control.JournalEntry;
import dev.leat.api.control.Leadership;
import dev.leat.api.control.RecordKey;
import dev.leat.api.control.Written;
import dev.leat.api.store.ClaimRequest;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keeps control records in the file of the jobs, by the same writer and readers. Thread-safe. */
final class SqliteControlStore implements ControlStore {
    private final Writer writer;
    private final Readers readers;
    private final StoreTime time;

    SqliteControlStore(Writer writer, Readers readers, StoreTime time) {
        this.writer = writer;
        this.readers = readers;
        this.time = time;
    }

    @Override
    public Instant time() {
        return StoreTime.instant(time.now());
    }

    @Override
    public Optional<ControlRecord> get(RecordKey key) {
        return readers.read(session -> session.query("control_get")
                .set("space", key.space())
                .set("name", key.name())
                .first(row -> new ControlRecord(key, row.getLong("version"), row.getString("value"))));
    }

    @Override
    public List<ControlRecord> range(String space, String after, int max) {
        Checks.name("space", space);
        Checks.range("max", max, 1, MOST);
        return readers.read(session -> session.query("control_range")
                .set("space", space)
                .set("after", after)
                .set("most", max)
                .rows(row -> new ControlRecord(
                        new RecordKey(space, row.getString("name")), row.getLong("version"), row.getString("value"))));
    }

    @Override
    public Written write(List<Change> changes, @Nullable Leadership as) {
        Change.checkWrite(changes);
        long bytes = changes.stream().mapToLong(SqliteControlStore::bytes).sum();
        return writer.call(bytes, tx -> write(tx, changes, as)).value();
    }

    private static long bytes(Change change) {
        return switch (change) {
            case Change.Put put -> put.value().length();
            case Change.Append append -> append.entry().length();
            case Change.Delete delete -> 0;
        };
    }

    /** First judged, then done: nobody else writes in between. */
    private static Written write(Transaction tx, List<Change> changes, @Nullable Leadership as) throws SQLException {
        if (as != null && !isCurrent(tx, as)) {
            return new Written.Deposed(as);
        }
        Set<String> spaces = new HashSet<>();
        for (Change change : changes) {
            if (change instanceof Change.OfRecord wanted) {
                long actual = version(tx, wanted.key());
                if (actual != wanted.expected()) {
                    return new Written.Conflict(wanted.key(), actual);
                }
                spaces.add(wanted.key().space());
            }
        }
        long version = spaces.isEmpty() ? 0 : tx.nextVersion();
        for (String space : spaces) {
            tx.query("control_revise")
                    .set("space", space)
                    .set("version", version)
                    .update();
        }
        for (Change change : changes) {
            apply(tx, change, version);
        }
        return new Written.Done(version);
    }

    private static long version(Transaction tx, RecordKey key) throws SQLException {
        return tx.query("control_get")
                .set("space", key.space())
                .set("name", key.name())
                .first(row -> row.getLong("version"))
                .orElse(Change.ABSENT);
    }

    private static void apply(Transaction tx, Change change, long version) throws SQLException {
        switch (change) {
            case Change.Put(RecordKey key, long expected, String value) ->
                tx.query("control_put")
                        .set("space", key.space())
                        .set("name", key.name())
                        .set("version", version)
                        .set("value", value)
                        .update();
            case Change.Delete(RecordKey key, long expected) ->
                tx.query("control_delete")
                        .set("space", key.space())
                        .set("name", key.name())
                        .update();
            case Change.Append(String journal, String entry) ->
                tx.query("journal_append")
                        .set("journal", journal)
                        .set("now", tx.now())
                        .set("entry", entry)
                        .update();
        }
    }

    @Override
    public long revision(String space) {
        Checks.name("space", space);
        return readers.read(session -> session.query("control_revision")
                .set("space", space)
                .first(row -> row.getLong("revision"))
                .orElse(0L));
    }

    @Override
    public List<JournalEntry> journal(String journal, long after, int max) {
        Checks.name("journal", journal);
        Checks.range("max", max, 1, MOST);
        return readers.read(session -> session.query("journal_read")
                .set("journal", journal)
                .set("after", after)
                .set("most", max)
                .rows(row -> new JournalEntry(
                        row.getLong("sequence"),
                        StoreTime.instant(row.getLong("written_at")),
                        row.getString("entry"))));
    }

    @Override
    public Optional<Leadership> lead(String role, String node, Duration lease) {
        Checks.name("role", role);
        Checks.range("lease", lease, ClaimRequest.SHORTEST_LEASE, ClaimRequest.LONGEST_LEASE);
        return writer.call(0, tx -> lead(tx, role, node, lease)).value();
    }

    private static Optional<Leadership> lead(Transaction tx, String role, String node, Duration lease)
            throws SQLException {
        Leader last = leader(tx, role).orElse(null);
        long epoch = 1;
        if (last != null && last.expiresAt > tx.now()) {
            if (!last.node.equals(node)) {
                return Optional.empty();
            }
            epoch = last.epoch;
        } else if (last != null) {
            epoch = last.epoch + 1;
        }
        long expiresAt = tx.now() + StoreTime.micros(lease);
        set(tx, role, new Leader(node, epoch, expiresAt));
        return Optional.of(new Leadership(role, node, epoch, StoreTime.instant(expiresAt)));
    }

    @Override
    public void resign(Leadership leadership) {
        writer.call(0, tx -> {
            boolean current = isCurrent(tx, leadership);
            if (current) {
                set(tx, leadership.role(), new Leader(leadership.node(), leadership.epoch(), tx.now()));
            }
            return current;
        });
    }

    private static boolean isCurrent(Transaction tx, Leadership leadership) throws SQLException {
        return leader(tx, leadership.role())
                .filter(last -> last.epoch == leadership.epoch() && last.node.equals(leadership.node()))
                .isPresent();
    }

    private static Optional<Leader> leader(Transaction tx, String role) throws SQLException {
        return tx.query("leader_get")
                .set("role", role)
                .first(row -> new Leader(row.getString("node"), row.getLong("epoch"), row.getLong("expires_at")));
    }

    private static void set(Transaction tx, String role, Leader leader) throws SQLException {
        tx.query("leader_set")
                .set("role", role)
                .set("node", leader.node)
                .set("epoch", leader.epoch)
                .set("expires_at", leader.expiresAt)
                .update();
    }

    @Override
    public void close() {
        // The file belongs to SqliteStores, which opened it for both stores.
    }

    private record Leader(String node, long epoch, long expiresAt) {}
}
