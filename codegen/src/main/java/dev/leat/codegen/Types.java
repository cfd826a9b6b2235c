package dev.leat.codegen;

import dev.leat.wire.Shape;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Shapes as TypeScript types. What may be null is {@code | null}, and in a request may be left out too. A named text is a
 * type of its own, so that the name of a queue is not taken for the id of a job.
 */
final class Types {
    private static final int WIDTH = 120;
    private static final Pattern WORDS = Pattern.compile(" ");

    private final Set<Shape> all;
    private final Set<Shape> inRequests;

    /**
     * Takes the shapes that are asked with and answered, with all they are made of.
     *
     * @throws IllegalArgumentException if an object is in both: it cannot be said of it whether null may be left out
     */
    Types(List<Shape> requests, List<Shape> answers) {
        all = Shape.closure(Stream.concat(requests.stream(), answers.stream()).toList());
        inRequests = objects(requests);
        Set<Shape> both = new LinkedHashSet<>(inRequests);
        both.retainAll(objects(answers));
        if (!both.isEmpty()) {
            throw new IllegalArgumentException("in requests and in answers: "
                    + both.stream().map(Types::type).toList());
        }
    }

    private static Set<Shape> objects(List<Shape> shapes) {
        return Shape.closure(shapes).stream()
                .filter(Shape.Fields.class::isInstance)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    String text() {
        StringBuilder out = new StringBuilder();
        if (all.stream().anyMatch(Shape.Text.class::isInstance)) {
            out.append("declare const brand: unique symbol;\n");
        }
        for (Shape shape : all) {
            switch (shape) {
                case Shape.Text text -> out.append(text(text));
                case Shape.Words words -> out.append(words(words));
                case Shape.Fields fields -> out.append(fields(fields));
                case Shape.Whole w -> {}
                case Shape.Bool b -> {}
                case Shape.Any a -> {}
                case Shape.ListOf l -> {}
            }
        }
        return out.toString();
    }

    private static String text(Shape.Text text) {
        String type = "\n%sexport type %s = string & { readonly [brand]: '%s' };\n"
                .formatted(doc("", sentence(text.doc())), text.name(), text.name());
        return text.pattern() == null
                ? type
                : type + """

                    /** Whether a text is one. */
                    export function is%s(text: string): text is %s {
                      return /%s/.test(text);
                    }
                    """.formatted(text.name(), text.name(), text.pattern().replace("/", "\\/"));
    }

    private static String words(Shape.Words words) {
        return "\nexport const %s = [%s] as const;\n\n%sexport type %s = (typeof %s)[number];\n"
                .formatted(
                        constant(words.name()),
                        words.words().stream().map(Types::quoted).collect(Collectors.joining(", ")),
                        doc("", words.doc()),
                        words.name(),
                        constant(words.name()));
    }

    private static String constant(String name) {
        return lowerFirst(name) + (name.endsWith("s") ? "es" : "s");
    }

    private String fields(Shape.Fields fields) {
        StringBuilder out = new StringBuilder("\n")
                .append(doc("", fields.doc()))
                .append("export interface ")
                .append(fields.name())
                .append(" {\n");
        boolean request = inRequests.contains(fields);
        for (Shape.Field field : fields.fields()) {
            boolean nullable = field.nullable();
            out.append(doc("  ", field.doc()))
                    .append("  readonly ")
                    .append(field.name())
                    .append(request && nullable ? "?: " : ": ")
                    .append(type(field.shape()))
                    .append(nullable && !(field.shape() instanceof Shape.Any) ? " | null" : "")
                    .append(";\n");
        }
        return out.append("}\n").toString();
    }

    /** How a shape is named where it is used. */
    static String type(Shape shape) {
        return switch (shape) {
            case Shape.Text text -> text.name();
            case Shape.Whole w -> "number";
            case Shape.Bool b -> "boolean";
            case Shape.Any a -> "unknown";
            case Shape.Words words -> words.name();
            case Shape.ListOf(Shape element) -> "readonly " + type(element) + "[]";
            case Shape.Fields fields -> fields.name();
        };
    }

    /** A comment above what it is about; nothing if there is nothing to say. */
    static String doc(String indent, String doc) {
        if (doc.isEmpty()) {
            return "";
        }
        String safe = doc.replace("*/", "* /");
        String line = indent + "/** " + safe + " */\n";
        if (line.length() <= WIDTH + 1) {
            return line;
        }
        StringBuilder out = new StringBuilder(indent).append("/**");
        int column = WIDTH;
        for (String word : WORDS.splitAsStream(safe).toList()) {
            if (column + 1 + word.length() > WIDTH) {
                out.append('\n').append(indent).append(" *");
                column = indent.length() + 2;
            }
            out.append(' ').append(word);
            column += 1 + word.length();
        }
        return out.append('\n').append(indent).append(" */\n").toString();
    }

    static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    static String upperFirst(String name) {
        return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    }

    static String lowerFirst(String name) {
        return name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
    }

    private static String sentence(String doc) {
        return doc.isEmpty() ? "" : upperFirst(doc) + ".";
    }
}
