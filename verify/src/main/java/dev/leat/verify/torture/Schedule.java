package dev.leat.verify.torture;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * What is to be broken when, as a seed has it. All kinds come before any comes again; at most three faults are there at once,
 * of the server at most one.
 *
 * @param faults in the order of time
 */
public record Schedule(List<Planned> faults) {
    private static final int AT_ONCE = 3;
    private static final int FIRST_MILLIS = 1_500;
    private static final int SHORTEST_GAP = 2_200;
    private static final int LONGEST_GAP = 5_000;

    /** Before the end of the load nothing new is broken for so long. */
    private static final Duration REST = Duration.ofSeconds(3);

    /**
     * One fault.
     *
     * @param at since the start of the load
     * @param victim which of the processes in question, counted on from the first as often as need be
     * @param lasting how long it stays, for those that do not end by themselves
     * @param size in thousandths, of what has one
     */
    public record Planned(Duration at, FaultKind kind, int victim, Duration lasting, int size) {}

    public Schedule {
        faults = List.copyOf(faults);
    }

    /** This, and so many more of one kind, evenly over the time. */
    public Schedule with(FaultKind kind, int times, Duration length) {
        List<Planned> all = new ArrayList<>(faults);
        for (int i = 1; i <= times; i++) {
            all.add(new Planned(length.multipliedBy(i).dividedBy(times + 1L), kind, 0, kind.shortest(), 0));
        }
        all.sort(Comparator.comparing(Planned::at));
        return new Schedule(all);
    }

    /** The one that this seed has. */
    public static Schedule of(long seed, Duration length, Collection<FaultKind> kinds) {
        RandomGenerator random = new SplittableRandom(seed ^ 0x5DEE_CE66DL);
        List<FaultKind> sorted = kinds.stream().sorted().distinct().toList();
        List<FaultKind> deck = new ArrayList<>();
        List<Planned> faults = new ArrayList<>();
        long last = length.minus(REST).toMillis();
        long at = FIRST_MILLIS;
        while (at < last && !sorted.isEmpty()) {
            if (deck.isEmpty()) {
                deck.addAll(sorted);
                Collections.shuffle(deck, Random.from(random));
            }
            FaultKind kind = deck.removeLast();
            at = Math.max(at, free(faults, kind));
            long lasting = kind.shortest().toMillis()
                    + random.nextLong(kind.longest().minus(kind.shortest()).toMillis() + 1);
            faults.add(new Planned(
                    Duration.ofMillis(at),
                    kind,
                    random.nextInt(1 << 20),
                    Duration.ofMillis(lasting),
                    random.nextInt(1_000)));
            at += random.nextInt(SHORTEST_GAP, LONGEST_GAP);
        }
        return new Schedule(faults);
    }

    /** The first moment at which one more of this kind may begin. */
    private static long free(List<Planned> faults, FaultKind kind) {
        List<Long> ends = faults.stream()
                .map(each -> each.at().plus(each.lasting()).toMillis())
                .sorted(Comparator.reverseOrder())
                .toList();
        long room = ends.size() < AT_ONCE ? 0 : ends.get(AT_ONCE - 1);
        long server = !kind.isOfServer()
                ? 0
                : faults.stream()
                        .filter(each -> each.kind().isOfServer())
                        .mapToLong(each -> each.at().plus(each.lasting()).toMillis())
                        .max()
                        .orElse(0);
        return Math.max(room, server);
    }
}
