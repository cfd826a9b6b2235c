package dev.leat.engine.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Values from environment variables, which go before those of the file. */
final class Overrides {
    private static final String PREFIX = "LEAT_";

    /** What programs of Leat read, and what their scripts do. */
    private static final Set<String> KNOWN = Set.of(
            "LEAT_CONFIG",
            "LEAT_DEBUG",
            "LEAT_JAVA_HOME",
            "LEAT_JAVA_OPTS",
            "LEAT_JVM_DIRS",
            "LEAT_LOG",
            "LEAT_SERVER_URL");

    private static final Place ENVIRONMENT = new Place("environment", 0, 0);

    private static final String KNOWN_PREFIX = "LEAT_DEMO_";

    /** What Kubernetes sets in every container for a service whose name starts with "leat". */
    private static final Pattern SERVICE_LINK =
            Pattern.compile("LEAT_(?:.*_)?(?:SERVICE_HOST|SERVICE_PORT(?:_.*)?|PORT_\\d+_(?:TCP|UDP|SCTP)(?:_.*)?)");

    private static final Pattern SERVICE_URL = Pattern.compile("(?:tcp|udp|sctp)://.*");

    private final Map<String, Node> byPath;

    static final Overrides NONE = new Overrides(Map.of());

    private Overrides(Map<String, Node> byPath) {
        this.byPath = byPath;
    }

    /** Those in the environment; a variable that nobody knows is told as a mistake. */
    static Overrides of(Shape.Section root, Map<String, String> environment, Mistakes mistakes) {
        Map<String, Target> targets = new TreeMap<>();
        collect(root, "", targets);
        Map<String, Node> byPath = new HashMap<>();
        new TreeMap<>(environment).forEach((name, value) -> {
            if (!name.startsWith(PREFIX) || value.isEmpty() || isForOthers(name, value)) {
                return;
            }
            Place place = new Place(name, 0, 0);
            Target target = targets.get(name);
            if (target != null) {
                byPath.put(target.path(), node(place, value, target.shape()));
            } else {
                String near = Nearest.to(
                                name,
                                Stream.concat(targets.keySet().stream(), KNOWN.stream())
                                        .toList())
                        .map(" (did you mean %s?)"::formatted)
                        .orElse("");
                mistakes.add(
                        ENVIRONMENT,
                        name,
                        "is no variable of Leat" + near,
                        "LEAT_ and a path, such as LEAT_SERVER_PORT");
            }
        });
        return new Overrides(byPath);
    }

    private static boolean isForOthers(String name, String value) {
        return KNOWN.contains(name)
                || name.startsWith(KNOWN_PREFIX)
                || SERVICE_LINK.matcher(name).matches()
                || (name.endsWith("_PORT") && SERVICE_URL.matcher(value).matches());
    }

    /** What a variable stands for. */
    private record Target(String path, Shape shape) {}

    /**
     * Makes sure that no variable stands for two things.
     *
     * @throws IllegalArgumentException if one does
     */
    static void check(Shape.Section root) {
        collect(root, "", new TreeMap<>());
    }

    /** The variable that stands for a path; empty if none can, as for what has a map on its way. */
    static Optional<String> variable(Shape.Section root, String path) {
        Map<String, Target> targets = new TreeMap<>();
        collect(root, "", targets);
        return targets.entrySet().stream()
                .filter(entry -> entry.getValue().path().equals(path))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private static void collect(Shape.Section section, String path, Map<String, Target> into) {
        for (Shape.Key key : section.keys()) {
            String at = Paths.under(path, key.name());
            Shape shape = key.shape() instanceof Shape.Maybe maybe ? maybe.present() : key.shape();
            switch (shape) {
                case Shape.Section inner -> collect(inner, at, into);
                case Shape.Text text -> put(at, text, into);
                case Shape.ListOf list when list.item() instanceof Shape.Text -> put(at, list, into);
                default -> {
                    // A map, or a list of more than texts: a variable cannot hold it.
                }
            }
        }
    }

    private static void put(String path, Shape shape, Map<String, Target> into) {
        String name = PREFIX + path.replace('.', '_').toUpperCase(Locale.ROOT);
        if (KNOWN.contains(name) || into.put(name, new Target(path, shape)) != null) {
            throw new IllegalArgumentException(name + " would stand for two things");
        }
    }

    private static Node node(Place place, String value, Shape shape) {
        if (!(shape instanceof Shape.ListOf)) {
            return new Node.Scalar(place, value, true, true);
        }
        List<Node> items = new ArrayList<>();
        for (String item : value.split(",", -1)) {
            items.add(new Node.Scalar(place, item.strip(), true, true));
        }
        return new Node.Sequence(place, items);
    }

    /** The value for that path. */
    Optional<Node> at(String path) {
        return Optional.ofNullable(byPath.get(path));
    }

    /** Whether there is a value for anything below that path. */
    boolean below(String path) {
        return byPath.keySet().stream().anyMatch(each -> each.startsWith(path + "."));
    }
}
