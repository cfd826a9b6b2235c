package dev.leat.engine.codec;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import tools.jackson.databind.type.LogicalType;

/**
 * Writes values as JSON and reads them back: the same value always gives the same bytes, and what is read is exactly what
 * was written or an error.
 *
 * <p>Written: UTF-8 without line breaks; map entries in the order of their keys; instants and durations as ISO-8601 text.
 *
 * <p>Read: properties that the type does not have are ignored and those that the text does not have are null, zero or false,
 * so that older and newer versions of a type understand each other. Refused are text behind the value, a name twice in one
 * object, {@code null} for a primitive, text for a number and the other way round, a fraction for a whole number, nesting deeper than {@link #MAX_DEPTH}, numbers of more than 1,000
 * characters, other encodings than UTF-8. No text can choose a Java class: class names in JSON are refused, even if a type
 * asks for them by annotation; subtypes by name (a sealed interface with {@code JsonTypeInfo.Id.NAME}) work.
 */
public final class Json {
    /** The deepest nesting of arrays and objects that is read or written. */
    public static final int MAX_DEPTH = 100;

    public static final Json STRICT = new Json();

    private final JsonMapper mapper = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(1_000)
                            .build())
                    .streamWriteConstraints(StreamWriteConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    config -> config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS, DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            // Allows no class at all: only annotations that name subtypes by class ask it.
            .polymorphicTypeValidator(BasicPolymorphicTypeValidator.builder().build())
            .build();

    private Json() {}

    /**
     * Writes a value as UTF-8.
     *
     * @throws JsonException if the value has no JSON form, such as an object that holds itself
     */
    public byte[] writeBytes(Object value) {
        return written(value, () -> mapper.writeValueAsBytes(value));
    }

    /**
     * Writes a value as text.
     *
     * @throws JsonException if the value has no JSON form, such as an object that holds itself
     */
    public String writeText(Object value) {
        return written(value, () -> mapper.writeValueAsString(value));
    }

    /**
     * Reads what {@link #writeBytes} writes.
     *
     * @throws JsonException if this is not UTF-8 JSON of that type, or is {@code null}
     */
    public <T> T read(byte[] json, Class<T> type) {
        return read(type, () -> mapper.readValue(json, type));
    }

    /**
     * Reads what {@link #writeText} writes.
     *
     * @throws JsonException if this is not JSON of that type, or is {@code null}
     */
    public <T> T read(String json, Class<T> type) {
        return read(type, () -> mapper.readValue(json, type));
    }

    private static <R> R written(Object value, Supplier<R> write) {
        try {
            return write.get();
        } catch (JacksonException e) {
            throw failure("Cannot write " + value.getClass().getName() + " as JSON", e);
        }
    }

    private static <T> T read(Class<T> type, Supplier<@Nullable T> read) {
        try {
            T value = read.get();
            if (value == null) {
                throw new JsonException("Cannot read JSON as " + type.getName() + ": it is null");
            }
            return value;
        } catch (JacksonException e) {
            throw failure("Cannot read JSON as " + type.getName(), e);
        }
    }

    private static JsonException failure(String what, JacksonException e) {
        String path = e.getPathReference();
        String where = path.isEmpty() ? "" : " (in " + path + ")";
        return new JsonException(what + where + ": " + e.getOriginalMessage(), e);
    }
}
