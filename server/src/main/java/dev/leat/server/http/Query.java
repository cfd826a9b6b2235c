package dev.leat.server.http;

import com.linecorp.armeria.common.QueryParams;
import dev.leat.api.InvalidValueException;
import dev.leat.api.JobState;
import dev.leat.wire.Route;
import dev.leat.wire.Shape;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The parameters behind the question mark, each given at most once and none that the route does not have. */
final class Query {
    private final QueryParams parameters;

    Query(Route route, QueryParams parameters) {
        this.parameters = parameters;
        List<String> known = route.parameters().stream()
                .filter(each -> each.place() == Route.Place.QUERY)
                .map(Route.Parameter::name)
                .toList();
        for (String name : parameters.names()) {
            if (!known.contains(name)) {
                throw new InvalidValueException(
                        "PARAMETER_UNKNOWN",
                        shown(name),
                        "is no parameter of this address",
                        known.isEmpty() ? "none" : String.join(", ", known));
            }
            if (parameters.getAll(name).size() > 1) {
                throw new InvalidValueException("PARAMETER_REPEATED", name, "is given more than once", "once");
            }
        }
    }

    private static String shown(String name) {
        return name.matches("[A-Za-z0-9_-]{1,40}") ? name : "query";
    }

    @Nullable
    String text(String name) {
        String value = parameters.get(name);
        return value == null || value.isEmpty() ? null : value;
    }

    <T> @Nullable T value(String name, Function<String, T> parse) {
        String value = text(name);
        if (value == null) {
            return null;
        }
        try {
            return parse.apply(value);
        } catch (InvalidValueException e) {
            throw e.in(name);
        }
    }

    int number(String name, int otherwise) {
        String value = text(name);
        if (value == null) {
            return otherwise;
        }
        // Integer.parseInt alone would take the digits of every script, and a plus.
        if (!value.matches("-?[0-9]{1,9}")) {
            throw new InvalidValueException("TYPE_WRONG", name, "is no whole number", "a whole number");
        }
        return Integer.parseInt(value);
    }

    /** Words separated by commas. */
    Set<JobState> states(String name) {
        String value = text(name);
        Set<JobState> states = EnumSet.noneOf(JobState.class);
        if (value != null) {
            for (String word : value.split(",", -1)) {
                states.add(Arrays.stream(JobState.values())
                        .filter(state -> state.word().equals(word.toLowerCase(Locale.ROOT)))
                        .findFirst()
                        .orElseThrow(() -> new InvalidValueException(
                                "VALUE_INVALID",
                                name,
                                "names no state",
                                Shape.of(JobState.class).inWords())));
            }
        }
        return states;
    }
}
