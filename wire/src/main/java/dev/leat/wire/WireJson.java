package dev.leat.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.api.InvalidValueException;
import dev.leat.api.JobId;
import dev.leat.api.KindName;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.LogicalType;

/**
 * Writes the shapes of this package as JSON and reads them. Fields that a value lacks are written as null; ids and names as
 * text; words of enums in lower case; instants as ISO-8601.
 *
 * <p>Refused with an {@link InvalidValueException} that names the place are: what is no JSON or no UTF-8, text behind the
 * value, a name twice in one object, nesting deeper than {@link #MAX_DEPTH}, numbers of more than 1,000 characters, a value
 * of another type than the field's.
 */
public final class WireJson {
    /** The deepest nesting of arrays and objects. */
    public static final int MAX_DEPTH = 100;

    /** Refuses fields that a shape does not have: for requests, where such a field is a slip of the pen. */
    public static final WireJson STRICT = new WireJson(true);

    /** Passes over fields that a shape does not have: for answers, which a newer server may have written. */
    public static final WireJson LENIENT = new WireJson(false);

    private static final String SOURCE = "source";
    private static final String BODY = "body";
    /** The field of a refusal whose place only the parser knows. */
    private static final String HERE = "";

    /** Where the parser says what of its own could be changed. */
    private static final Pattern SETTING = Pattern.compile(",? from `[^`]*`");

    private final JsonMapper mapper;

    private WireJson(boolean strict) {
        mapper = JsonMapper.builder(JsonFactory.builder()
                        .streamReadConstraints(StreamReadConstraints.builder()
                                .maxNestingDepth(MAX_DEPTH)
                                .maxNumberLength(1_000)
                                .build())
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
                        .build())
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, strict)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
                .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
                .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
                .withCoercionConfig(
                        LogicalType.Textual,
                        config -> config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
                .addModule(shapes())
                .build();
    }

    public byte[] writeBytes(Object value) {
        return mapper.writeValueAsBytes(value);
    }

    public String writeText(Object value) {
        return mapper.writeValueAsString(value);
    }

    /** Over several lines, for people. */
    public byte[] writePretty(Object value) {
        return mapper.writerWithDefaultPrettyPrinter().writeValueAsBytes(value);
    }

    /**
     * Reads a value. The bytes must not change afterwards, since {@link RawJson} is cut out of them.
     *
     * @throws InvalidValueException if this is no JSON of that type, with the path of what is to blame as field
     */
    public <T> T read(byte[] json, Class<T> type) {
        checkUtf8(json);
        if (json.length == 0) {
            throw new InvalidValueException(
                    "JSON_MALFORMED", BODY, "is empty", Shape.of(type).inWords());
        }
        try {
            T value = mapper.readerFor(type).withAttribute(SOURCE, json).readValue(json);
            if (value == null) {
                throw new InvalidValueException(
                        "TYPE_WRONG", BODY, "is null", Shape.of(type).inWords());
            }
            return value;
        } catch (JacksonException e) {
            throw refused(e);
        }
    }

    /**
     * Reads an array, but no more of it than asked for: what stands behind the last element is then not looked at, so that
     * an array without measure costs no memory.
     *
     * @param most the most elements to read
     * @throws InvalidValueException also if an element is null
     */
    public <T> List<T> readList(byte[] json, Class<T> element, int most) {
        checkUtf8(json);
        ObjectReader reader = mapper.readerFor(element)
                .withAttribute(SOURCE, json)
                .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
        List<T> list = new ArrayList<>();
        try (JsonParser in = reader.createParser(json)) {
            if (in.nextToken() != JsonToken.START_ARRAY) {
                throw new InvalidValueException("TYPE_WRONG", BODY, "has the wrong type", "an array");
            }
            while (list.size() < most && in.nextToken() != JsonToken.END_ARRAY) {
                list.add(element(in, reader, element, list.size()));
            }
            if (list.size() < most && in.nextToken() != null) {
                throw new InvalidValueException(
                        "JSON_MALFORMED", BODY, "has something behind its end", "one JSON value");
            }
            return list;
        } catch (JacksonException e) {
            throw refused(e);
        }
    }

    private static <T> T element(JsonParser in, ObjectReader reader, Class<T> type, int index) {
        String place = "[" + index + "]";
        if (in.currentToken() == JsonToken.VALUE_NULL) {
            throw new InvalidValueException(
                    "TYPE_WRONG", place, "is null", Shape.of(type).inWords());
        }
        try {
            return reader.readValue(in);
        } catch (JacksonException e) {
            InvalidValueException refused = refused(e);
            throw refused.in(refused.field().equals(BODY) ? place : place + "." + refused.field());
        }
    }

    /** The decoder here is stricter than the parser, which passes over much of what is inside a text that nobody reads. */
    private static void checkUtf8(byte[] json) {
        CharsetDecoder decoder = UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(json);
        CharBuffer forgotten = CharBuffer.allocate(Math.min(json.length, 4_096));
        CoderResult result = CoderResult.OVERFLOW;
        while (result.isOverflow()) {
            forgotten.clear();
            result = decoder.decode(in, forgotten, true);
        }
        if (result.isError()) {
            throw new InvalidValueException("UTF8_INVALID", BODY, "is not UTF-8", "JSON in UTF-8");
        }
    }

    private static InvalidValueException refused(JacksonException e) {
        String field = path(e);
        for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidValueException invalid) {
                return invalid.in(
                        invalid.field().isEmpty()
                                ? field
                                : field.equals(BODY) ? invalid.field() : field + "." + invalid.field());
            }
        }
        return switch (e) {
            case StreamConstraintsException tooMuch ->
                new InvalidValueException(
                        "JSON_TOO_COMPLEX",
                        field,
                        "goes too far: "
                                + SETTING.matcher(tooMuch.getOriginalMessage()).replaceAll(""),
                        "nesting up to " + MAX_DEPTH + " levels, numbers up to 1,000 characters, names up to 50,000");
            case StreamReadException malformed ->
                new InvalidValueException(
                        malformed.getOriginalMessage().startsWith("Duplicate")
                                ? "JSON_DUPLICATE_NAME"
                                : "JSON_MALFORMED",
                        field,
                        "is not JSON: " + reason(malformed) + place(malformed),
                        "one JSON value, each name once in its object");
            case UnrecognizedPropertyException unknown ->
                new InvalidValueException(
                        "FIELD_UNKNOWN",
                        field,
                        "is not a field of this object",
                        String.join(
                                ", ",
                                unknown.getKnownPropertyIds().stream()
                                        .map(String::valueOf)
                                        .sorted()
                                        .toList()));
            case InvalidFormatException format ->
                new InvalidValueException("VALUE_INVALID", field, "is not allowed", allowed(format));
            case MismatchedInputException mismatched ->
                new InvalidValueException("TYPE_WRONG", field, "has the wrong type", allowed(mismatched));
            default -> throw e;
        };
    }

    private static String allowed(MismatchedInputException e) {
        Class<?> type = e.getTargetType();
        return type == null || Collection.class.isAssignableFrom(type)
                ? "an array"
                : Shape.of(type).inWords();
    }

    private static String path(JacksonException e) {
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference step : e.getPath()) {
            if (step.getPropertyName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
            }
        }
        return path.isEmpty() ? BODY : path.toString();
    }

    private static String place(StreamReadException e) {
        return e.getLocation() == null
                ? ""
                : " (line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr() + ")";
    }

    /** Without what only a programmer of the parser could do about it. */
    private static String reason(StreamReadException e) {
        return e.getOriginalMessage().lines().findFirst().orElse("").replaceFirst(": enable `.*", "");
    }

    private static SimpleModule shapes() {
        SimpleModule module = new SimpleModule("leat-wire");
        text(module, JobId.class, JobId::parse);
        text(module, QueueName.class, QueueName::new);
        text(module, KindName.class, KindName::new);
        text(module, TenantName.class, TenantName::new);
        module.addDeserializer(Instant.class, new FromText<>(Instant.class, WireJson::instant));
        module.addSerializer(RawJson.class, new RawJsonSerializer());
        module.addDeserializer(RawJson.class, new RawJsonDeserializer());
        return module;
    }

    private static <T> void text(SimpleModule module, Class<T> type, Function<String, T> parse) {
        module.addSerializer(type, new ToText<>());
        module.addDeserializer(type, new FromText<>(type, parse));
    }

    private static Instant instant(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new InvalidValueException(
                    "INSTANT_INVALID",
                    HERE,
                    "is no date and time with an offset",
                    "ISO-8601 such as 2026-01-31T23:59:59Z");
        }
    }

    private static final class ToText<T> extends ValueSerializer<T> {
        @Override
        public void serialize(T value, JsonGenerator out, SerializationContext context) {
            out.writeString(value.toString());
        }
    }

    private static final class FromText<T> extends ValueDeserializer<T> {
        private final Class<T> type;
        private final Function<String, T> parse;

        FromText(Class<T> type, Function<String, T> parse) {
            this.type = type;
            this.parse = parse;
        }

        @Override
        public T deserialize(JsonParser in, DeserializationContext context) {
            if (in.currentToken() != JsonToken.VALUE_STRING) {
                throw new InvalidValueException(
                        "TYPE_WRONG", HERE, "is no text", Shape.of(type).inWords());
            }
            try {
                return parse.apply(in.getString());
            } catch (InvalidValueException e) {
                throw e.in(HERE);
            }
        }
    }

    private static final class RawJsonSerializer extends ValueSerializer<RawJson> {
        @Override
        public void serialize(RawJson value, JsonGenerator out, SerializationContext context) {
            out.writeRawValue(new String(value.bytes(), UTF_8));
        }
    }

    /**
     * Cuts the value out of the source, after the parser has gone through all of it. Goes no further than a payload may, or
     * the names in it, which the parser keeps to find doubles, could take many times the memory of the source.
     */
    private static final class RawJsonDeserializer extends ValueDeserializer<RawJson> {
        private static final int TOKENS_BETWEEN_LOOKS = 256;

        @Override
        public RawJson deserialize(JsonParser in, DeserializationContext context) {
            byte[] source = (byte[]) context.getAttribute(SOURCE);
            int from = (int) in.currentTokenLocation().getByteOffset();
            if (in.currentToken() == JsonToken.VALUE_STRING) {
                checkText(source, from);
                in.finishToken();
            } else {
                skip(in, from);
            }
            int to = (int) in.currentLocation().getByteOffset();
            check(to - from);
            return new RawJson(Arrays.copyOfRange(source, from, to));
        }

        private static void skip(JsonParser in, int from) {
            int depth = in.currentToken().isStructStart() ? 1 : 0;
            for (int tokens = 1; depth > 0; tokens++) {
                JsonToken token = in.nextToken();
                if (token == null) {
                    return; // cannot be: the parser throws where an end is missing
                }
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                if (tokens % TOKENS_BETWEEN_LOOKS == 0) {
                    check((int) in.currentLocation().getByteOffset() - from);
                }
            }
            in.finishToken();
        }

        /** Before the parser, which would hold the whole text, finds its end. */
        private static void checkText(byte[] source, int from) {
            int at = from + 1;
            while (at < source.length && source[at] != '"') {
                at += source[at] == '\\' ? 2 : 1;
                check(at - from);
            }
        }

        private static void check(int bytes) {
            if (bytes > Payload.MAX_BYTES) {
                throw new InvalidValueException(
                        "PAYLOAD_TOO_LARGE", HERE, "is too large", "at most " + Payload.MAX_BYTES + " bytes");
            }
        }

        @Override
        public RawJson getNullValue(DeserializationContext context) {
            return RawJson.NULL;
        }

        /** What is left out is not null: where a payload is to be replaced, that is a mistake. */
        @Override
        public @Nullable Object getAbsentValue(DeserializationContext context) {
            return null;
        }
    }
}
