package dev.leat.wire;

import dev.leat.api.JobId;
import dev.leat.api.KindName;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a JSON value may look like, read from the Java type that it is bound to: one source for documents and generated code. */
public sealed interface Shape {
    /** A JSON text. */
    record Text(
            String name,
            String doc,
            @Nullable String pattern,
            @Nullable String format) implements Shape {
        @Override
        public String inWords() {
            return doc;
        }
    }

    /** A whole number that a JavaScript number can hold. */
    record Whole(long min, long max) implements Shape {
        @Override
        public String inWords() {
            return "a whole number";
        }
    }

    /** True or false. */
    record Bool() implements Shape {
        @Override
        public String inWords() {
            return "true or false";
        }
    }

    /** Any JSON value. */
    record Any() implements Shape {
        @Override
        public String inWords() {
            return "any JSON value";
        }
    }

    /** One of some words. */
    record Words(String name, String doc, List<String> words) implements Shape {
        @Override
        public String inWords() {
            return "one of " + String.join(", ", words);
        }
    }

    /** An array. */
    record ListOf(Shape element) implements Shape {
        @Override
        public String inWords() {
            return "an array";
        }
    }

    /** An object with these fields. */
    record Fields(String name, String doc, List<Field> fields) implements Shape {
        @Override
        public String inWords() {
            return "an object with " + fields.stream().map(Field::name).collect(Collectors.joining(", "));
        }
    }

    /**
     * A field of an object.
     *
     * @param nullable whether it may be null or, in a request, be left out
     */
    record Field(String name, Shape shape, boolean nullable, String doc) {}

    /** What is allowed, as the end of a sentence. */
    String inWords();

    /** The shape of a type of this package, of a name, a number, a text or a truth value. */
    static Shape of(Class<?> type) {
        if (type == JobId.class) {
            return new Text("JobId", "the 13 characters of a job id", "^[0-7][0-9a-hjkmnp-tv-z]{12}$", null);
        } else if (type == QueueName.class || type == KindName.class || type == TenantName.class) {
            return new Text(
                    type.getSimpleName(),
                    "1 to 63 characters of a-z, 0-9, '.', '_' and '-', the first a letter or a digit",
                    "^[a-z0-9][a-z0-9._-]{0,62}$",
                    null);
        } else if (type == Instant.class) {
            return new Text("Instant", "a date and time with an offset, ISO-8601", null, "date-time");
        } else if (type == String.class) {
            return new Text("string", "a text", null, null);
        } else if (type == int.class || type == Integer.class) {
            return new Whole(Integer.MIN_VALUE, Integer.MAX_VALUE);
        } else if (type == long.class || type == Long.class) {
            return new Whole(-(1L << 53) + 1, (1L << 53) - 1);
        } else if (type == boolean.class || type == Boolean.class) {
            return new Bool();
        } else if (type == RawJson.class) {
            return new Any();
        } else if (type.isEnum()) {
            List<String> words = Arrays.stream(type.getEnumConstants())
                    .map(each -> ((Enum<?>) each).name().toLowerCase(Locale.ROOT))
                    .toList();
            return new Words(nameOf(type), doc(type), words);
        } else if (type.isArray()) {
            return new ListOf(of(type.getComponentType()));
        } else if (type.isRecord()) {
            return new Fields(
                    nameOf(type),
                    doc(type),
                    Arrays.stream(type.getRecordComponents()).map(Shape::field).toList());
        }
        throw new IllegalArgumentException(type + " has no shape on the wire");
    }

    private static Field field(RecordComponent component) {
        AnnotatedType type = component.getAnnotatedType();
        boolean nullable = type.isAnnotationPresent(Nullable.class);
        Shape shape = component.getType() == List.class
                ? new ListOf(of(
                        (Class<?>) ((AnnotatedParameterizedType) type).getAnnotatedActualTypeArguments()[0].getType()))
                : of(component.getType());
        return new Field(component.getName(), shape, nullable, doc(component));
    }

    private static String nameOf(Class<?> type) {
        return type.getName().endsWith("AttemptRecord$Ended")
                ? "AttemptEnd"
                : type.getName().endsWith("Health$Status") ? "HealthStatus" : type.getSimpleName();
    }

    private static String doc(AnnotatedElement element) {
        Doc doc = element.getAnnotation(Doc.class);
        return doc == null ? "" : doc.value();
    }

    /** All named shapes that these are made of, themselves too, each after those it needs. */
    static Set<Shape> closure(List<Shape> shapes) {
        Set<Shape> all = new LinkedHashSet<>();
        shapes.forEach(shape -> collect(shape, all));
        return all;
    }

    private static void collect(Shape shape, Set<Shape> all) {
        switch (shape) {
            case ListOf(Shape element) -> collect(element, all);
            case Fields fields -> {
                fields.fields().forEach(field -> collect(field.shape(), all));
                all.add(fields);
            }
            case Words words -> all.add(words);
            case Text text -> {
                if (!text.name().equals("string")) {
                    all.add(text);
                }
            }
            case Whole w -> {}
            case Bool b -> {}
            case Any a -> {}
        }
    }
}
