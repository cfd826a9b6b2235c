package dev.leat.engine.memory;

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
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The {@link ControlStore} contract as plain code. Lost with the process; every method takes the store's one lock. */
public final class InMemoryControlStore implements ControlStore {
    private static final Comparator<RecordKey> ORDER =
            Comparator.comparing(RecordKey::space).thenComparing(RecordKey::name);

    private final InstantSource clock;
    private final TreeMap<RecordKey, ControlRecord> records = new TreeMap<>(ORDER);
    private final Map<String, Long> revisions = new HashMap<>();
    private final Map<String, List<JournalEntry>> journals = new HashMap<>();
    private final Map<String, Leadership> leaders = new HashMap<>();
    private long lastVersion;

    public InMemoryControlStore(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Instant time() {
        return clock.instant();
    }

    @Override
    public synchronized Optional<ControlRecord> get(RecordKey key) {
        return Optional.ofNullable(records.get(key));
    }

    @Override
    public synchronized List<ControlRecord> range(String space, String after, int max) {
        Checks.name("space", space);
        Checks.range("max", max, 1, MOST);
        return records.values().stream()
                .filter(record -> record.key().space().equals(space)
                        && record.key().name().compareTo(after) > 0)
                .limit(max)
                .toList();
    }

    @Override
    public synchronized Written write(List<Change> changes, @Nullable Leadership as) {
        Change.checkWrite(changes);
        if (as != null && !isCurrent(as)) {
            return new Written.Deposed(as);
        }
        for (Change change : changes) {
            if (change instanceof Change.OfRecord wanted && version(wanted.key()) != wanted.expected()) {
                return new Written.Conflict(wanted.key(), version(wanted.key()));
            }
        }
        long version = 0;
        if (changes.stream().anyMatch(change -> change instanceof Change.OfRecord)) {
            version = ++lastVersion;
        }
        for (Change change : changes) {
            apply(change, version);
        }
        return new Written.Done(version);
    }

    private long version(RecordKey key) {
        ControlRecord known = records.get(key);
        return known == null ? Change.ABSENT : known.version();
    }

    private void apply(Change change, long version) {
        switch (change) {
            case Change.Put(RecordKey key, long expected, String value) -> {
                records.put(key, new ControlRecord(key, version, value));
                revisions.put(key.space(), version);
            }
            case Change.Delete(RecordKey key, long expected) -> {
                records.remove(key);
                revisions.put(key.space(), version);
            }
            case Change.Append(String journal, String entry) -> {
                List<JournalEntry> entries = journals.computeIfAbsent(journal, name -> new ArrayList<>());
                entries.add(new JournalEntry(entries.size() + 1L, clock.instant(), entry));
            }
        }
    }

    @Override
    public synchronized long revision(String space) {
        Checks.name("space", space);
        return revisions.getOrDefault(space, 0L);
    }

    @Override
    public synchronized List<JournalEntry> journal(String journal, long after, int max) {
        Checks.name("journal", journal);
        Checks.range("max", max, 1, MOST);
        return journals.getOrDefault(journal, List.of()).stream()
                .filter(entry -> entry.sequence() > after)
                .limit(max)
                .toList();
    }

    @Override
    public synchronized Optional<Leadership> lead(String role, String node, Duration lease) {
        Checks.name("role", role);
        Checks.range("lease", lease, ClaimRequest.SHORTEST_LEASE, ClaimRequest.LONGEST_LEASE);
        Instant now = clock.instant();
        Leadership last = leaders.get(role);
        long epoch = 1;
        if (last != null && last.expiresAt().isAfter(now)) {
            if (!last.node().equals(node)) {
                return Optional.empty();
            }
            epoch = last.epoch();
        } else if (last != null) {
            epoch = last.epoch() + 1;
        }
        Leadership granted = new Leadership(role, node, epoch, now.plus(lease));
        leaders.put(role, granted);
        return Optional.of(granted);
    }

    @Override
    public synchronized void resign(Leadership leadership) {
        if (isCurrent(leadership)) {
            leaders.put(
                    leadership.role(),
                    new Leadership(leadership.role(), leadership.node(), leadership.epoch(), clock.instant()));
        }
    }

    private boolean isCurrent(Leadership leadership) {
        Leadership last = leaders.get(leadership.role());
        return last != null && last.epoch() == leadership.epoch() && last.node().equals(leadership.node());
    }

    @Override
    public void close() {
        // Holds nothing outside the heap.
    }
}
