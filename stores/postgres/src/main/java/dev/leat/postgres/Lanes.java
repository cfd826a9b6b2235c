package dev.leat.postgres;

import dev.leat.api.KindName;
import dev.leat.api.Lane;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Lanes and their numbers. A lane is interned once and never changes, so both directions are remembered for good.
 *
 * <p>Interning uses a connection of its own and commits at once: inside a caller's transaction it would hold others up until
 * that commits.
 */
final class Lanes {
    private final Database database;
    private final Map<Lane, Integer> numbers = new ConcurrentHashMap<>();
    private final Map<Integer, Lane> lanes = new ConcurrentHashMap<>();

    Lanes(Database database) {
        this.database = database;
    }

    /** Makes sure that each lane has a number. */
    void intern(Collection<Lane> wanted) {
        if (numbers.keySet().containsAll(wanted)) {
            return;
        }
        load();
        List<Lane> missing = wanted.stream()
                .filter(lane -> !numbers.containsKey(lane))
                .distinct()
                .sorted()
                .toList();
        if (!missing.isEmpty()) {
            database.statement(connection -> database.call(connection, "lane_intern")
                    .array(
                            "tenants",
                            "text",
                            texts(missing, lane -> lane.tenant().value()))
                    .array("queues", "text", texts(missing, lane -> lane.queue().value()))
                    .array("kinds", "text", texts(missing, lane -> lane.kind().value()))
                    .update());
            load();
        }
    }

    /** The number of a lane that was interned before. */
    int number(Lane lane) {
        Integer number = numbers.get(lane);
        if (number == null) {
            throw new IllegalStateException("lane " + lane + " was not interned");
        }
        return number;
    }

    Lane lane(int number) {
        return known(number).orElseThrow(() -> new IllegalStateException("there is no lane " + number));
    }

    /** Empty if there is no such lane. */
    Optional<Lane> known(int number) {
        if (!lanes.containsKey(number)) {
            load();
        }
        return Optional.ofNullable(lanes.get(number));
    }

    private void load() {
        record Numbered(int number, Lane lane) {}
        List<Numbered> rows = database.statement(connection -> database.call(connection, "lanes")
                .rows(row -> new Numbered(
                        row.getInt("lane"),
                        new Lane(
                                new TenantName(row.getString("tenant")),
                                new QueueName(row.getString("queue")),
                                new KindName(row.getString("kind"))))));
        for (Numbered row : rows) {
            lanes.put(row.number, row.lane);
            numbers.put(row.lane, row.number);
        }
    }

    private static String[] texts(List<Lane> of, Function<Lane, String> text) {
        return of.stream().map(text).toArray(String[]::new);
    }
}
