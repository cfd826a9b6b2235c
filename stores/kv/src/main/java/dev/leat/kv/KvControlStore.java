package dev.leat.kv;

import dev.leat.api.Checks;
import dev.leat.api.control.Change;
import dev.leat.api.control.ControlRecord;
import dev.leat.api.control.ControlStore;
import dev.leat.api.control.JournalEntry;
import dev.leat.api.control.Leadership;
import dev.leat.api.control.RecordKey;
import dev.leat.api.control.Written;
import dev.leat.api.store.ClaimRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keeps control records in the directory. Thread-safe. */
final class KvControlStore implements ControlStore {
    private final Writer writer;
    private final KvFile file;
    private final StoreTime time;

    KvControlStore(Writer writer, KvFile file, StoreTime time) {
        this.writer = writer;
        this.file = file;
        this.time = time;
    }

    @Override
    public Instant time() {
        return StoreTime.instant(time.now());
    }

    @Override
    public Optional<ControlRecord> get(RecordKey key) {
        return file.read(view -> view.get(Keys.control(key.space(), key.name())).map(stored -> record(key, stored)));
    }

    private static ControlRecord record(RecordKey key, ByteBuffer stored) {
        return new ControlRecord(key, stored.getLong(), Value.text(stored));
    }

    @Override
    public List<ControlRecord> range(String space, String after, int max) {
        Checks.name("space", space);
        Checks.range("max", max, 1, MOST);
        byte[] start = Keys.control(space, "");
        byte[] last = Keys.control(space, after);
        return file.read(view -> {
            List<ControlRecord> page = new ArrayList<>();
            view.each(start, last, (key, stored) -> {
                if (!Arrays.equals(key, last)) {
                    String name = Value.text(Keys.behind(key, start.length));
                    page.add(record(new RecordKey(space, name), stored));
                }
                return page.size() < max;
            });
            return page;
        });
    }

    @Override
    public Written write(List<Change> changes, @Nullable Leadership as) {
        Change.checkWrite(changes);
        long bytes = changes.stream().mapToLong(KvControlStore::bytes).sum();
        return writer.call(bytes, tx -> write(tx.draft(), tx.now(), changes, as))
                .value();
    }

    private static long bytes(Change change) {
        return switch (change) {
            case Change.Put put -> put.value().length();
            case Change.Append append -> append.entry().length();
            case Change.Delete delete -> 0;
        };
    }

    /** First judged, then done: nobody else writes in between. */
    private static Written write(Draft draft, long now, List<Change> changes, @Nullable Leadership as) {
        if (as != null && !isCurrent(draft, as)) {
            return new Written.Deposed(as);
        }
        Set<String> spaces = new HashSet<>();
        for (Change change : changes) {
            if (change instanceof Change.OfRecord wanted) {
                long actual = version(draft, wanted.key());
                if (actual != wanted.expected()) {
                    return new Written.Conflict(wanted.key(), actual);
                }
                spaces.add(wanted.key().space());
            }
        }
        long version = 0;
        if (!spaces.isEmpty()) {
            version = draft.number(Keys.VERSION) + 1;
            draft.put(Keys.VERSION, "", version);
        }
        for (String space : spaces) {
            draft.put(Keys.revision(space), "", version);
        }
        for (Change change : changes) {
            apply(draft, now, change, version);
        }
        return new Written.Done(version);
    }

    private static long version(Draft draft, RecordKey key) {
        return draft.get(Keys.control(key.space(), key.name()))
                .map(ByteBuffer::getLong)
                .orElse(Change.ABSENT);
    }

    private static void apply(Draft draft, long now, Change change, long version) {
        switch (change) {
            case Change.Put(RecordKey key, long expected, String value) ->
                draft.put(Keys.control(key.space(), key.name()), value, version);
            case Change.Delete(RecordKey key, long expected) -> draft.remove(Keys.control(key.space(), key.name()));
            case Change.Append(String journal, String entry) -> {
                long sequence = draft.number(Keys.sequence(journal)) + 1;
                draft.put(Keys.sequence(journal), "", sequence);
                draft.put(Keys.entry(journal, sequence), entry, now);
            }
        }
    }

    @Override
    public long revision(String space) {
        Checks.name("space", space);
        return file.read(view -> view.number(Keys.revision(space)));
    }

    @Override
    public List<JournalEntry> journal(String journal, long after, int max) {
        Checks.name("journal", journal);
        Checks.range("max", max, 1, MOST);
        byte[] start = Keys.entries(journal);
        return file.read(view -> {
            List<JournalEntry> page = new ArrayList<>();
            view.each(start, Keys.at(start, Math.max(0, after) + 1), (key, entry) -> {
                long sequence = Keys.behind(key, start.length).getLong();
                page.add(new JournalEntry(sequence, StoreTime.instant(entry.getLong()), Value.text(entry)));
                return page.size() < max;
            });
            return page;
        });
    }

    @Override
    public Optional<Leadership> lead(String role, String node, Duration lease) {
        Checks.name("role", role);
        Checks.range("lease", lease, ClaimRequest.SHORTEST_LEASE, ClaimRequest.LONGEST_LEASE);
        return writer.call(0, tx -> lead(tx.draft(), tx.now(), role, node, lease))
                .value();
    }

    private static Optional<Leadership> lead(Draft draft, long now, String role, String node, Duration lease) {
        Leader last = leader(draft, role).orElse(null);
        long epoch = 1;
        if (last != null && last.expiresAt > now) {
            if (!last.node.equals(node)) {
                return Optional.empty();
            }
            epoch = last.epoch;
        } else if (last != null) {
            epoch = last.epoch + 1;
        }
        long expiresAt = now + StoreTime.micros(lease);
        set(draft, role, new Leader(epoch, expiresAt, node));
        return Optional.of(new Leadership(role, node, epoch, StoreTime.instant(expiresAt)));
    }

    @Override
    public void resign(Leadership leadership) {
        writer.call(0, tx -> {
            Draft draft = tx.draft();
            boolean current = isCurrent(draft, leadership);
            if (current) {
                set(draft, leadership.role(), new Leader(leadership.epoch(), tx.now(), leadership.node()));
            }
            return current;
        });
    }

    private static boolean isCurrent(Draft draft, Leadership leadership) {
        return leader(draft, leadership.role())
                .filter(last -> last.epoch == leadership.epoch() && last.node.equals(leadership.node()))
                .isPresent();
    }

    private static Optional<Leader> leader(Draft draft, String role) {
        return draft.get(Keys.leader(role))
                .map(stored -> new Leader(stored.getLong(), stored.getLong(), Value.text(stored)));
    }

    private static void set(Draft draft, String role, Leader leader) {
        draft.put(Keys.leader(role), leader.node, leader.epoch, leader.expiresAt);
    }

    @Override
    public void close() {
        // The directory belongs to KvStores, which opened it.
    }

    private record Leader(long epoch, long expiresAt, String node) {}
}
