package dev.leat.engine.config;

import dev.leat.api.Checks;
import dev.leat.api.InvalidValueException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes values from nodes. Goes on after a mistake, so that all of them are found: what is wrong is told, and its value is null.
 */
final class Binder {
    private final Shape.Section root;
    private final Map<String, String> environment;
    private final Overrides overrides;
    private final Mistakes mistakes;

    Binder(Shape.Section root, Map<String, String> environment, Overrides overrides, Mistakes mistakes) {
        this.root = root;
        this.environment = environment;
        this.overrides = overrides;
        this.mistakes = mistakes;
    }

    /** The whole document. */
    @Nullable
    Object bind(Node document) {
        return section(root, document, "");
    }

    /** A value of that shape. */
    @Nullable
    Object bind(Shape shape, Node node, String path) {
        if (node instanceof Node.Refused) {
            return null;
        }
        return switch (shape) {
            case Shape.Text text -> text(text, node, path);
            case Shape.ListOf list -> list(list, node, path);
            case Shape.MapOf map -> map(map, node, path);
            case Shape.Section section -> section(section, node, path);
            case Shape.Maybe maybe -> {
                Object value = bind(maybe.present(), node, path);
                yield value == null ? null : Optional.of(value);
            }
        };
    }

    private @Nullable Object text(Shape.Text shape, Node node, String path) {
        if (!(node instanceof Node.Scalar scalar)) {
            return wrongType(shape, node, path);
        }
        if (scalar.isNothing()) {
            mistakes.add(node.place(), path, "has no value", shape.allowed());
            return null;
        }
        String written = "";
        try {
            String filled = scalar.literal() ? scalar.text() : Placeholders.fill(scalar.text(), environment);
            written = filled.equals(scalar.text()) ? "" : ", written as " + scalar.text();
            return shape.reader().apply(filled);
        } catch (InvalidValueException e) {
            mistakes.add(node.place(), path, e.problem() + written, e.allowed());
        } catch (IllegalArgumentException e) {
            mistakes.add(node.place(), path, "is not allowed: " + e.getMessage() + written, shape.allowed());
        }
        return null;
    }

    private @Nullable Object list(Shape.ListOf shape, Node node, String path) {
        if (!(node instanceof Node.Sequence sequence)) {
            return wrongType(shape, node, path);
        }
        int before = mistakes.count();
        List<Object> items = new ArrayList<>();
        for (int i = 0; i < sequence.items().size(); i++) {
            Object item = bind(shape.item(), sequence.items().get(i), path + "[" + i + "]");
            if (item != null) {
                items.add(item);
            }
        }
        return before == mistakes.count() ? Collections.unmodifiableList(items) : null;
    }

    private @Nullable Object map(Shape.MapOf shape, Node node, String path) {
        if (!(node instanceof Node.Mapping mapping)) {
            return wrongType(shape, node, path);
        }
        int before = mistakes.count();
        Map<String, Object> values = new LinkedHashMap<>();
        mapping.entries().forEach((name, entry) -> {
            String at = Paths.under(path, name);
            try {
                Checks.name("name", name);
            } catch (InvalidValueException e) {
                mistakes.add(entry.place(), at, "is no name", e.allowed());
            }
            Object value = bind(shape.value(), entry.value(), at);
            if (value != null) {
                values.put(name, value);
            }
        });
        return before == mistakes.count() ? Collections.unmodifiableMap(values) : null;
    }

    private @Nullable Object section(Shape.Section shape, Node node, String path) {
        Node.Mapping mapping = mapping(shape, node);
        if (mapping == null) {
            return wrongType(shape, node, path);
        }
        int before = mistakes.count();
        mapping.entries().forEach((name, entry) -> {
            if (shape.key(name).isEmpty()) {
                mistakes.add(
                        entry.place(), Paths.under(path, name), "is not known" + meant(shape, name), shape.names());
            }
        });
        List<@Nullable Object> values = new ArrayList<>();
        for (Shape.Key key : shape.keys()) {
            values.add(key(key, mapping, Paths.under(path, key.name())));
        }
        Object made = made(shape, mapping, values, path);
        return before == mistakes.count() ? made : null;
    }

    private static Node.@Nullable Mapping mapping(Shape.Section shape, Node node) {
        if (node instanceof Node.Mapping mapping) {
            return mapping;
        }
        if (node instanceof Node.Scalar scalar && scalar.isNothing()) {
            return new Node.Mapping(node.place(), Map.of());
        }
        return shape.shorthand()
                .map(key -> new Node.Mapping(node.place(), Map.of(key.name(), new Node.Entry(node.place(), node))))
                .orElse(null);
    }

    private String meant(Shape.Section shape, String name) {
        return Nearest.to(name, shape.keys().stream().map(Shape.Key::name).toList())
                .or(() -> elsewhere(root, "", name).findFirst())
                .map(" (did you mean %s?)"::formatted)
                .orElse("");
    }

    /** Where a key of that name is at home. */
    private static Stream<String> elsewhere(Shape.Section section, String path, String name) {
        return section.keys().stream().flatMap(key -> {
            String at = Paths.under(path, key.name());
            if (key.name().equals(name)) {
                return Stream.of(at);
            }
            return switch (key.shape()) {
                case Shape.Section inner -> elsewhere(inner, at, name);
                case Shape.Maybe maybe
                when maybe.present() instanceof Shape.Section inner -> elsewhere(inner, at, name);
                default -> Stream.empty();
            };
        });
    }

    private @Nullable Object key(Shape.Key key, Node.Mapping mapping, String path) {
        Optional<Node> given = overrides.at(path).or(() -> written(key, mapping));
        if (given.isPresent()) {
            return bind(key.shape(), given.get(), path);
        }
        Node.Mapping nothing = new Node.Mapping(mapping.place(), Map.of());
        if (key.shape() instanceof Shape.Section) {
            return bind(key.shape(), nothing, path);
        }
        if (key.shape() instanceof Shape.Maybe) {
            return overrides.below(path) ? bind(key.shape(), nothing, path) : Optional.empty();
        }
        if (key.standard().isEmpty()) {
            mistakes.add(mapping.place(), path, "is missing", key.allowed());
        }
        return key.standard().orElse(null);
    }

    /** What the file says; a section or list with nothing in it is as good as none. */
    private static Optional<Node> written(Shape.Key key, Node.Mapping mapping) {
        return Optional.ofNullable(mapping.entries().get(key.name()))
                .map(Node.Entry::value)
                .filter(node -> key.shape().isText() || !(node instanceof Node.Scalar scalar && scalar.isNothing()));
    }

    /**
     * The record of those values. A record's constructor tells its first mistake only, so what is wrong gets a value that is
     * allowed and the constructor is called again: it then tells the next.
     */
    private @Nullable Object made(
            Shape.Section shape, Node.Mapping mapping, List<@Nullable Object> values, String path) {
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i) == null) {
                values.set(i, shape.keys().get(i).example().orElse(null));
            }
        }
        Set<Shape.Key> told = new HashSet<>();
        while (!values.contains(null)) {
            try {
                return Shape.make(shape.constructor(), values.toArray());
            } catch (InvalidValueException e) {
                Optional<Shape.Key> key = shape.key(e.field());
                if (key.isPresent() && !told.add(key.get())) {
                    // Not even its default is allowed, beside the others.
                    return null;
                }
                Place place = key.map(each -> place(each, mapping, path)).orElse(mapping.place());
                String at = key.map(each -> Paths.under(path, each.name())).orElse(path);
                String field = key.isPresent() ? "" : e.field() + " ";
                mistakes.add(place, at, field + Times.spoken(e.problem()), Times.spoken(e.allowed()));
                key.ifPresent(each ->
                        values.set(shape.keys().indexOf(each), each.example().orElse(null)));
                if (key.flatMap(Shape.Key::standard).isEmpty()) {
                    // What depends on it cannot be judged by an example of it.
                    return null;
                }
            } catch (IllegalArgumentException e) {
                mistakes.add(mapping.place(), path, "is not allowed: " + e.getMessage(), shape.allowed());
                return null;
            }
        }
        return null;
    }

    private Place place(Shape.Key key, Node.Mapping mapping, String path) {
        return overrides
                .at(Paths.under(path, key.name()))
                .or(() -> written(key, mapping))
                .map(Node::place)
                .orElse(mapping.place());
    }

    private @Nullable Object wrongType(Shape shape, Node node, String path) {
        mistakes.add(node.place(), path, "is " + node.described(), shape.allowed());
        return null;
    }
}
