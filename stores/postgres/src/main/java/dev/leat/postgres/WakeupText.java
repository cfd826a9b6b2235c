package dev.leat.postgres;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What stands in a notification: numbers of lanes, and perhaps behind a semicolon those backends that are to look at once. No name
 * is in it, and it is a few hundred bytes long at most, where 8,000 are allowed.
 *
 * @param lanes none for anywhere
 * @param chosen none for all
 */
record WakeupText(List<Integer> lanes, List<Integer> chosen) {
    static final int MOST_LANES = 50;

    private static final WakeupText ANYWHERE = new WakeupText(List.of(), List.of());
    private static final String NUMBERS = "[0-9]{1,10}(?:,[0-9]{1,10}){0,99}";
    private static final Pattern FORM = Pattern.compile("(" + NUMBERS + ")?(?:;(" + NUMBERS + "))?");

    /** Of so many lanes that the text would be long, none is named. */
    static String of(Collection<Integer> lanes, Collection<Integer> chosen) {
        return (lanes.size() > MOST_LANES ? "" : text(lanes)) + (chosen.isEmpty() ? "" : ";" + text(chosen));
    }

    private static String text(Collection<Integer> numbers) {
        return numbers.stream().sorted().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** Anybody may notify. What is not understood may come from a later version, and means that jobs may be anywhere. */
    static WakeupText parse(String text) {
        var matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return ANYWHERE;
        }
        Optional<List<Integer>> lanes = numbers(matcher.group(1));
        Optional<List<Integer>> chosen = numbers(matcher.group(2));
        return lanes.isPresent() && chosen.isPresent() ? new WakeupText(lanes.get(), chosen.get()) : ANYWHERE;
    }

    private static Optional<List<Integer>> numbers(@Nullable String text) {
        List<Integer> numbers = new ArrayList<>();
        if (text != null) {
            for (String each : text.split(",", -1)) {
                long number = Long.parseLong(each);
                if (number > Integer.MAX_VALUE) {
                    return Optional.empty();
                }
                numbers.add((int) number);
            }
        }
        return Optional.of(numbers);
    }

    boolean isFor(int backend) {
        return chosen.isEmpty() || chosen.contains(backend);
    }
}
