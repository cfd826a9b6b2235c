package dev.leat.engine.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Configuration of one shape, a record whose components are {@link Setting}s: read from a YAML file and the environment.
 *
 * <p>A component can be text, {@code int}, {@code long}, {@code boolean}, a {@link java.time.Duration}, {@link ByteSize},
 * {@link Path}, {@link java.net.URI}, {@link Secret}, an enum (its names in lower case), a record of one text such as
 * {@link dev.leat.api.QueueName}, another such record, an {@link java.util.Optional}, a {@link java.util.List}, or a {@link Map}
 * with names as keys. The type of the component alone says what a value means: {@code no}, {@code 0123} and {@code 1e3} are text
 * where text is wanted.
 *
 * <p>In values, <code>${NAME}</code> and <code>${NAME:default}</code> stand for environment variables, and <code>$${</code>
 * for <code>${</code>. A variable such as {@code LEAT_SERVER_PORT} goes before {@code server.port} of the file; lists are
 * written with commas; nothing is replaced in it. A variable that is empty counts as not set. A variable that starts with {@code
 * LEAT_} and is none of those is a mistake, except the ones that programs of Leat know and those that Kubernetes sets by itself.
 *
 * <p>Files are UTF-8 of at most 1 MiB, one document, nested 20 deep at most; anchors, aliases and tags are refused.
 */
public final class Config<T extends Record> {
    private final Class<T> type;
    private final Shape.Section shape;

    private Config(Class<T> type) {
        this.type = type;
        shape = Shape.section(type);
        Overrides.check(shape);
    }

    /**
     * For that record.
     *
     * @throws IllegalArgumentException if a component of it, or of a record in it, has no {@link Setting} or a type that cannot be read
     */
    public static <T extends Record> Config<T> of(Class<T> type) {
        return new Config<>(type);
    }

    /**
     * Reads a file.
     *
     * @param environment as {@link System#getenv()} gives it
     * @throws ConfigException if anything is wrong, with every mistake
     */
    public T read(Path file, Map<String, String> environment) {
        Mistakes mistakes = new Mistakes();
        return read(YamlReader.read(file, mistakes), environment, mistakes);
    }

    /**
     * Reads a text.
     *
     * @param name what to call it in messages
     * @throws ConfigException if anything is wrong, with every mistake
     */
    public T read(String name, String yaml, Map<String, String> environment) {
        Mistakes mistakes = new Mistakes();
        return read(YamlReader.read(name, yaml, mistakes), environment, mistakes);
    }

    /**
     * What the environment says, and the defaults.
     *
     * @throws ConfigException if anything is wrong, with every mistake
     */
    public T read(Map<String, String> environment) {
        return read("configuration", "", environment);
    }

    private T read(Optional<Node> document, Map<String, String> environment, Mistakes mistakes) {
        Overrides overrides = Overrides.of(shape, environment, mistakes);
        Binder binder = new Binder(shape, environment, overrides, mistakes);
        Optional<Object> value = document.flatMap(root -> Optional.ofNullable(binder.bind(root)));
        mistakes.throwIfAny();
        return type.cast(value.orElseThrow());
    }

    Shape.Section shape() {
        return shape;
    }
}
