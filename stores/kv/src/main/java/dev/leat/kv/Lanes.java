package dev.leat.kv;

import dev.leat.api.KindName;
import dev.leat.api.Lane;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Lanes and their numbers. A number is known here before the commit that stores it, and if that fails is never given to another lane,
 * so whoever reads a number in the store finds its lane here. Only the writer adds; anybody may look up.
 */
final class Lanes {
    private final Map<Lane, Integer> numbers = new ConcurrentHashMap<>();
    private final Map<Integer, Lane> lanes = new ConcurrentHashMap<>();
    private int last;

    void load(Contents contents) {
        contents.each(Keys.ALL_LANES, Keys.ALL_LANES, (key, content) -> {
            String[] names = Value.text(content).split("\0", -1);
            Lane lane = new Lane(new TenantName(names[0]), new QueueName(names[1]), new KindName(names[2]));
            int number = Keys.behind(key, 1).getInt();
            numbers.put(lane, number);
            lanes.put(number, lane);
            last = Math.max(last, number);
            return true;
        });
    }

    Optional<Integer> known(Lane lane) {
        return Optional.ofNullable(numbers.get(lane));
    }

    /** The numbers of such lanes. */
    Stream<Integer> those(Predicate<Lane> wanted) {
        return numbers.entrySet().stream()
                .filter(each -> wanted.test(each.getKey()))
                .map(Map.Entry::getValue)
                .sorted(Comparator.naturalOrder());
    }

    Lane lane(int number) {
        Lane lane = lanes.get(number);
        if (lane == null) {
            throw new IllegalStateException("there is no lane " + number);
        }
        return lane;
    }

    int add(Draft draft, Lane lane) {
        int number = ++last;
        draft.put(
                Keys.lane(number),
                lane.tenant().value() + "\0" + lane.queue().value() + "\0"
                        + lane.kind().value());
        lanes.put(number, lane);
        numbers.put(lane, number);
        return number;
    }

    /** What was added is undone. */
    void remove(Lane lane) {
        numbers.remove(lane);
    }
}
