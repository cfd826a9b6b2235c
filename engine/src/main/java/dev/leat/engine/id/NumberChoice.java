package dev.leat.engine.id;

import dev.leat.api.JobId;
import dev.leat.api.StoreException;
import dev.leat.api.control.Change;
import dev.leat.api.control.ControlRecord;
import dev.leat.api.control.ControlStore;
import dev.leat.api.control.RecordKey;
import dev.leat.engine.codec.Json;
import dev.leat.engine.codec.JsonException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says which node numbers are worth trying: those never used first, else those that have been free for longest, in random
 * order, so that nodes which start together seldom want the same.
 */
final class NumberChoice {
    /** How often to look again when all that were tried went to others. */
    static final int ROUNDS = 4;

    static final int NUMBERS = JobId.MAX_NODE + 1;

    /** How many to try before looking again. */
    private static final int TRIES = 16;

    private static final int DIGITS = 4;
    private static final int OLDEST = 4 * TRIES;
    /** The {@code until} of a number that never had a record. */
    private static final long NEVER = 0;

    private final int numbers;
    private final RandomGenerator random;

    /** @param numbers how many there are: {@link #NUMBERS}, or fewer in a test of what happens when they are scarce */
    NumberChoice(int numbers, RandomGenerator random) {
        this.numbers = numbers;
        this.random = random;
    }

    /**
     * A number to try.
     *
     * @param version which its record has now, or {@link Change#ABSENT}
     * @param until the last second in which ids of it may have been made
     */
    record Free(RecordKey key, int number, long version, long until) {}

    /**
     * @param now the second it is by the store's clock
     * @return 1 to 16 numbers that were free when asked
     * @throws StoreException if all are taken
     */
    List<Free> free(ControlStore store, long now) {
        @Nullable ControlRecord[] records = records(store);
        List<Free> unused = new ArrayList<>();
        for (int number = 0; number < numbers; number++) {
            if (records[number] == null) {
                unused.add(new Free(key(number), number, Change.ABSENT, NEVER));
            }
        }
        return some(unused.isEmpty() ? freeForLongest(records, now) : unused);
    }

    private List<Free> freeForLongest(@Nullable ControlRecord[] records, long now) {
        List<Free> all = new ArrayList<>();
        for (int number = 0; number < numbers; number++) {
            ControlRecord record = records[number];
            if (record != null) {
                all.add(new Free(record.key(), number, record.version(), until(record)));
            }
        }
        all.sort(Comparator.comparingLong(Free::until));
        List<Free> past = all.stream()
                .takeWhile(number -> number.until() < now)
                .limit(OLDEST)
                .collect(Collectors.toCollection(ArrayList::new));
        if (past.isEmpty()) {
            throw allTaken(all.getFirst().until() - now + 1);
        }
        return past;
    }

    private List<Free> some(List<Free> choices) {
        Collections.shuffle(choices, Random.from(random));
        return choices.subList(0, Math.min(choices.size(), TRIES));
    }

    private @Nullable ControlRecord[] records(ControlStore store) {
        @Nullable ControlRecord[] byNumber = new ControlRecord[numbers];
        String after = "";
        List<ControlRecord> page;
        do {
            page = store.range(NodeLease.SPACE, after, ControlStore.MOST);
            for (ControlRecord record : page) {
                after = record.key().name();
                int number = number(after);
                if (number < numbers) {
                    byNumber[number] = record;
                }
            }
        } while (page.size() == ControlStore.MOST);
        return byNumber;
    }

    /** The number that a record is named by; a great one if it is named by something else. */
    private static int number(String name) {
        boolean isNumber = name.length() == DIGITS && name.chars().allMatch(c -> c >= '0' && c <= '9');
        return isNumber ? Integer.parseInt(name) : Integer.MAX_VALUE;
    }

    private static RecordKey key(int number) {
        return new RecordKey(NodeLease.SPACE, String.format(Locale.ROOT, "%04d", number));
    }

    /** A record that cannot be read keeps its number taken: nobody knows which ids were made under it. */
    private static long until(ControlRecord record) {
        try {
            return Json.STRICT.read(record.value(), NodeRecord.class).until();
        } catch (JsonException e) {
            return Long.MAX_VALUE;
        }
    }

    private StoreException allTaken(long seconds) {
        return new StoreException(
                "All " + numbers + " node numbers are taken; the first is free in " + seconds
                        + " s. Wait for it, or stop processes that are not needed.",
                StoreException.Effect.NONE,
                null);
    }
}
