package dev.leat.engine.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** What someone who mistyped a name may have meant. */
final class Nearest {
    private static final int LONGEST = 80;

    private Nearest() {}

    /** The name that takes the fewest changes, if those are few; the first of several. */
    static Optional<String> to(String word, Collection<String> names) {
        if (word.isEmpty() || word.length() > LONGEST) {
            return Optional.empty();
        }
        int few = 1 + word.length() / 4;
        return names.stream()
                .filter(name -> changes(word, name) <= few)
                .min(Comparator.comparingInt(name -> changes(word, name)));
    }

    /** How many characters must be changed, added, taken away, or swapped with their neighbour. */
    private static int changes(String from, String to) {
        int[][] cost = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(from, to, cost, i, j);
            }
        }
        return cost[from.length()][to.length()];
    }

    private static int cheapest(String from, String to, int[][] cost, int i, int j) {
        int changed = cost[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        int cheapest = Math.min(changed, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        boolean swapped =
                i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1);
        return swapped ? Math.min(cheapest, cost[i - 2][j - 2] + 1) : cheapest;
    }
}
