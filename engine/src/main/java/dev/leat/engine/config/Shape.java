package dev.leat.engine.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the configuration can look like: a record type, taken apart once. */
sealed interface Shape {
    /** What may be written, as a message says it. */
    String allowed();

    default boolean isText() {
        return this instanceof Text
                || (this instanceof Maybe maybe && maybe.present().isText());
    }

    /**
     * A single value.
     *
     * @param word the type's name on the reference page
     * @param reader throws {@link IllegalArgumentException} for what it does not take
     */
    record Text(String word, String allowed, boolean secret, Function<String, Object> reader) implements Shape {}

    record ListOf(Shape item) implements Shape {
        @Override
        public String allowed() {
            return "a list, such as [a, b]";
        }
    }

    record MapOf(Shape value) implements Shape {
        @Override
        public String allowed() {
            return "a section with names of your own as keys";
        }
    }

    record Maybe(Shape present) implements Shape {
        @Override
        public String allowed() {
            return present.allowed();
        }
    }

    /**
     * A configuration record.
     *
     * @param keys in the order of its components
     */
    record Section(Class<?> type, Constructor<?> constructor, List<Key> keys) implements Shape {
        @Override
        public String allowed() {
            return "a section with " + names();
        }

        String names() {
            return keys.stream().map(Key::name).collect(Collectors.joining(", "));
        }

        Optional<Key> key(String name) {
            return keys.stream().filter(key -> key.name().equals(name)).findFirst();
        }

        Optional<Key> shorthand() {
            return keys.stream().filter(key -> key.setting().shorthand()).findFirst();
        }
    }

    /**
     * A component of a configuration record.
     *
     * @param standard the default; none if the key must be given, or its shape knows what it is without
     * @param example a value that is allowed; none if neither an example nor a default is given
     */
    record Key(String name, Shape shape, Setting setting, Optional<Object> standard, Optional<Object> example) {
        String allowed() {
            return shape.allowed() + (setting.allowed().isEmpty() ? "" : ", " + setting.allowed());
        }
    }

    /** Takes a configuration record apart. */
    static Section section(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        Constructor<?> constructor = constructor(type);
        return new Section(
                type,
                constructor,
                Arrays.stream(components).map(component -> key(type, component)).toList());
    }

    private static Key key(Class<?> type, RecordComponent component) {
        Setting setting = component.getAnnotation(Setting.class);
        if (setting == null) {
            throw new IllegalArgumentException(type.getName() + "." + component.getName() + " is no @Setting");
        }
        String name = snakeCase(component.getName());
        Shape shape = of(component.getGenericType());
        Optional<Object> standard = value(type, name, shape, setting.defaultsTo());
        Optional<Object> example = standard.or(() -> shape instanceof Text text && text.secret()
                ? Optional.of(Secret.of(""))
                : value(type, name, shape, setting.example()));
        return new Key(name, shape, setting, standard, example);
    }

    private static Optional<Object> value(Class<?> type, String name, Shape shape, String yaml) {
        if (yaml.isEmpty()) {
            return Optional.empty();
        }
        Mistakes mistakes = new Mistakes();
        Section none = new Section(type, constructor(type), List.of());
        Binder binder = new Binder(none, Map.of(), Overrides.NONE, mistakes);
        Optional<Object> value = YamlReader.read(type.getName(), yaml, mistakes)
                .flatMap(node -> Optional.ofNullable(binder.bind(shape, node, name)));
        mistakes.throwIfAny();
        return value;
    }

    private static Shape of(Type type) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            if (generic.getRawType() == List.class) {
                return new ListOf(of(arguments[0]));
            }
            if (generic.getRawType() == Optional.class) {
                return new Maybe(of(arguments[0]));
            }
            if (generic.getRawType() == Map.class && arguments[0] == String.class) {
                return new MapOf(of(arguments[1]));
            }
        }
        if (type instanceof Class<?> plain) {
            return ofClass(plain);
        }
        throw new IllegalArgumentException("cannot be read from a file: " + type.getTypeName());
    }

    private static Shape ofClass(Class<?> type) {
        if (Texts.KNOWN.containsKey(type)) {
            return Objects.requireNonNull(Texts.KNOWN.get(type));
        }
        if (type.isEnum()) {
            return ofEnum(type);
        }
        if (type.isRecord()) {
            RecordComponent[] components = type.getRecordComponents();
            boolean ofText = components.length == 1
                    && components[0].getType() == String.class
                    && !components[0].isAnnotationPresent(Setting.class);
            return ofText ? ofTextRecord(constructor(type)) : section(type);
        }
        throw new IllegalArgumentException("cannot be read from a file: " + type.getName());
    }

    private static Text ofEnum(Class<?> type) {
        Map<String, Object> words = Stream.of(type.getEnumConstants())
                .collect(Collectors.toMap(each -> ((Enum<?>) each).name().toLowerCase(Locale.ROOT), each -> each));
        String allowed = words.keySet().stream().sorted().collect(Collectors.joining(", "));
        return new Text("word", "one of " + allowed, false, text -> {
            Object value = words.get(text);
            if (value == null) {
                throw Texts.invalid(text, "one of " + allowed);
            }
            return value;
        });
    }

    private static Text ofTextRecord(Constructor<?> constructor) {
        return new Text("name", "a name", false, text -> make(constructor, text));
    }

    /** Calls a record's constructor; what it throws is thrown as it is. */
    static Object make(Constructor<?> constructor, Object... values) {
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException refused) {
                throw refused;
            }
            throw new IllegalStateException(constructor + " failed", e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(constructor + " cannot be called", e);
        }
    }

    private static Constructor<?> constructor(Class<?> type) {
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("a record without its constructor: " + type, e);
        }
    }

    private static String snakeCase(String camelCase) {
        return camelCase.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }
}
