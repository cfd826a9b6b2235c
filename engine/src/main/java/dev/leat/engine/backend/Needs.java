package dev.leat.engine.backend;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import dev.leat.api.QueueName;
import dev.leat.api.store.Capabilities;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Capabilities.Durability;
import dev.leat.api.store.Capabilities.Grade;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a queue needs of the backend that keeps its jobs.
 *
 * @param durability the least class
 * @param allowEmulated whether what the engine does in the store's stead will do
 */
public record Needs(Durability durability, Set<Capability> capabilities, boolean allowEmulated) {
    public static final Needs NONE = new Needs(Durability.D0, Set.of(), true);

    public Needs {
        capabilities = Set.copyOf(capabilities);
    }

    /**
     * Checks that a backend has what is needed.
     *
     * @param all the backends there are, by name
     * @throws InvalidValueException if not; it names what is missing, and the backends that have everything
     */
    public void check(QueueName queue, String backend, Map<String, Capabilities> all) {
        Capabilities has = all.get(backend);
        if (has == null) {
            throw new InvalidValueException(
                    "BACKEND_UNKNOWN",
                    "backend",
                    "of queue " + queue + " is " + Checks.shown(backend) + ", which there is not",
                    String.join(", ", new TreeSet<>(all.keySet())));
        }
        List<String> missing = missing(has);
        if (!missing.isEmpty()) {
            List<String> fit = all.entrySet().stream()
                    .filter(each -> missing(each.getValue()).isEmpty())
                    .map(Map.Entry::getKey)
                    .sorted()
                    .toList();
            throw new InvalidValueException(
                    "NEEDS_UNMET",
                    "backend",
                    "of queue " + queue + " is " + backend + ", which lacks " + String.join(" and ", missing),
                    fit.isEmpty()
                            ? "a backend that has it, of which none is configured, or less in requires"
                            : String.join(", ", fit));
        }
    }

    private List<String> missing(Capabilities has) {
        List<String> missing = new ArrayList<>();
        if (has.durability().compareTo(durability) < 0) {
            missing.add("durability " + durability.name().toLowerCase(Locale.ROOT) + " (it has "
                    + has.durability().name().toLowerCase(Locale.ROOT) + ")");
        }
        capabilities.stream()
                .filter(each -> has.grade(each) == Grade.ABSENT)
                .map(Capability::word)
                .sorted()
                .forEach(missing::add);
        if (!allowEmulated) {
            missing.addAll(capabilities.stream()
                    .filter(each -> has.grade(each) == Grade.EMULATED)
                    .map(each -> each.word() + " of its own (allow_emulated would do)")
                    .sorted()
                    .collect(Collectors.toList()));
        }
        return missing;
    }
}
