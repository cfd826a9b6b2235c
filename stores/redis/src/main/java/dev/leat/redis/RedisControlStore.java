package dev.leat.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.api.Checks;
import dev.leat.api.control.Change;
import dev.leat.api.control.ControlRecord;
import dev.leat.api.control.ControlStore;
import dev.leat.api.control.JournalEntry;
import dev.leat.api.control.Leadership;
import dev.leat.api.control.RecordKey;
import dev.leat.api.control.Written;
import dev.leat.api.store.ClaimRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps control records in Redis; each call is one script or one command. Versions, epochs and sequence numbers are made of the server's
 * time, so that none is given twice, even if the server lost the last of what it had said. Thread-safe.
 */
public final class RedisControlStore implements ControlStore {
    private static final Script WRITE = Script.load(Keyspace.CONTROL, "write");
    private static final Script LEAD = Script.load(Keyspace.CONTROL, "lead");
    private static final Script RESIGN = Script.load(Keyspace.CONTROL, "resign");
    private static final Script RANGE = Script.load(Keyspace.CONTROL, "range");
    private static final Script JOURNAL = Script.load(Keyspace.CONTROL, "journal");

    /** Where Lua's whole numbers end; no sequence number is as large. */
    private static final long NO_SEQUENCE = 1L << 53;

    private final RedisLink link;

    RedisControlStore(RedisLink link) {
        this.link = link;
    }

    @Override
    public Instant time() {
        return Instant.ofEpochMilli(link.time());
    }

    @Override
    public Optional<ControlRecord> get(RecordKey key) {
        return link.field(Keyspace.CONTROL, "records", text(key)).map(stored -> record(key, stored));
    }

    @Override
    public List<ControlRecord> range(String space, String after, int max) {
        Checks.name("space", space);
        Checks.range("max", max, 1, MOST);
        Reply reply = link.run(RANGE, new Arguments().add(space).add(after).add(max));
        List<ControlRecord> records = new ArrayList<>();
        while (reply.hasMore()) {
            String name = reply.text().substring(space.length() + 1);
            records.add(record(new RecordKey(space, name), reply.bytes()));
        }
        return records;
    }

    /** @param stored version, colon, value */
    private static ControlRecord record(RecordKey key, byte[] stored) {
        String[] parts = new String(stored, UTF_8).split(":", 2);
        return new ControlRecord(key, Long.parseLong(parts[0]), parts[1]);
    }

    @Override
    public Written write(List<Change> changes, @Nullable Leadership as) {
        Change.checkWrite(changes);
        Arguments arguments = new Arguments();
        if (as == null) {
            arguments.add("").add("").add("");
        } else {
            add(arguments, as);
        }
        changes.forEach(change -> add(arguments, change));
        Reply reply = link.run(WRITE, arguments);
        return switch (reply.text()) {
            case "W" -> new Written.Done(reply.longNumber());
            case "C" -> new Written.Conflict(key(changes.get(reply.number())), reply.longNumber());
            case "D" -> new Written.Deposed(Objects.requireNonNull(as));
            default -> throw new IllegalStateException("the script answered neither that it wrote nor why not");
        };
    }

    private static RecordKey key(Change change) {
        return ((Change.OfRecord) change).key();
    }

    private static void add(Arguments arguments, Change change) {
        switch (change) {
            case Change.Put(RecordKey key, long expected, String value) ->
                arguments.add("p").add(text(key)).add(expected).add(value);
            case Change.Delete(RecordKey key, long expected) ->
                arguments.add("d").add(text(key)).add(expected).add("");
            case Change.Append(String journal, String entry) ->
                arguments.add("a").add(journal).add("").add(entry);
        }
    }

    private static Arguments add(Arguments arguments, Leadership leadership) {
        return arguments.add(leadership.role()).add(leadership.node()).add(leadership.epoch());
    }

    private static String text(RecordKey key) {
        return key.space() + "/" + key.name();
    }

    @Override
    public long revision(String space) {
        Checks.name("space", space);
        return link.field(Keyspace.CONTROL, "revisions", space)
                .map(stored -> Long.parseLong(new String(stored, UTF_8)))
                .orElse(0L);
    }

    @Override
    public List<JournalEntry> journal(String journal, long after, int max) {
        Checks.name("journal", journal);
        Checks.range("max", max, 1, MOST);
        if (after >= NO_SEQUENCE) {
            return List.of();
        }
        Reply reply = link.run(
                JOURNAL,
                new Arguments()
                        .add(journal)
                        .add("%016d".formatted(Math.max(0, after)))
                        .add(max));
        List<JournalEntry> entries = new ArrayList<>();
        while (reply.hasMore()) {
            entries.add(entry(new String(reply.bytes(), UTF_8).substring(journal.length() + 1)));
        }
        return entries;
    }

    /** @param stored sequence number, colon, milliseconds, colon, entry */
    private static JournalEntry entry(String stored) {
        String[] parts = stored.split(":", 3);
        return new JournalEntry(Long.parseLong(parts[0]), Instant.ofEpochMilli(Long.parseLong(parts[1])), parts[2]);
    }

    @Override
    public Optional<Leadership> lead(String role, String node, Duration lease) {
        Checks.name("role", role);
        Checks.range("lease", lease, ClaimRequest.SHORTEST_LEASE, ClaimRequest.LONGEST_LEASE);
        Reply reply = link.run(LEAD, new Arguments().add(role).add(node).add(Arguments.millis(lease)));
        return reply.hasMore()
                ? Optional.of(new Leadership(role, node, reply.longNumber(), reply.instant()))
                : Optional.empty();
    }

    @Override
    public void resign(Leadership leadership) {
        link.run(RESIGN, add(new Arguments(), leadership));
    }

    @Override
    public void close() {
        // The connection belongs to RedisStores, which made it for both stores.
    }
}
