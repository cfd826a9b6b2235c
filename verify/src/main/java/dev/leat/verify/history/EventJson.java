package dev.leat.verify.history;

import dev.leat.api.JobId;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Events as lines of JSON: the fields of {@link Event} in snake_case, without those that an event does not have. */
final class EventJson {
    private static final JsonFactory FACTORY = new JsonFactory();

    private EventJson() {}

    /** One line with its end. */
    static byte[] line(Event event) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (JsonGenerator out = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
            out.writeStartObject();
            out.writeNumberProperty("at", event.at());
            out.writeStringProperty("process", event.process());
            out.writeNumberProperty("call", event.call());
            out.writeStringProperty("op", event.op().word());
            out.writeStringProperty("phase", event.phase().word());
            text(out, "tenant", event.tenant());
            text(out, "queue", event.queue());
            text(out, "kind", event.kind());
            text(out, "key", event.key());
            text(out, "unique_key", event.uniqueKey());
            job(out, "job", event.job());
            job(out, "holder", event.holder());
            number(out, "priority", event.priority());
            number(out, "attempt", event.attempt());
            number(out, "max_attempts", event.maxAttempts());
            number(out, "crashes", event.crashes());
            number(out, "token", event.token());
            number(out, "own", event.own());
            number(out, "size", event.size());
            flag(out, "suspect", event.suspect());
            flag(out, "transactional", event.transactional());
            number(out, "until", event.until());
            number(out, "lasting", event.lasting());
            number(out, "due", event.due());
            number(out, "after", event.after());
            number(out, "epoch", event.epoch());
            text(out, "sha256", event.sha256());
            text(out, "word", event.word());
            out.writeEndObject();
        }
        bytes.write('\n');
        return bytes.toByteArray();
    }

    private static void text(JsonGenerator out, String name, @Nullable String value) {
        if (value != null) {
            out.writeStringProperty(name, value);
        }
    }

    private static void job(JsonGenerator out, String name, long value) {
        if (value != 0) {
            out.writeStringProperty(name, new JobId(value).toString());
        }
    }

    private static void flag(JsonGenerator out, String name, boolean value) {
        if (value) {
            out.writeBooleanProperty(name, true);
        }
    }

    private static void number(JsonGenerator out, String name, long value) {
        if (value != 0) {
            out.writeNumberProperty(name, value);
        }
    }

    /** Reads lines. Not thread-safe. */
    static final class Reader {
        private static final Map<String, Op> OPS = words(Op.values());
        private static final Map<String, Phase> PHASES = words(Phase.values());

        /** The few words there are, each kept once. */
        private final Map<String, String> known = new HashMap<>();

        /** @throws HistoryException if this is no event */
        Event read(byte[] line, int from, int length) {
            try (JsonParser in = FACTORY.createParser(ObjectReadContext.empty(), line, from, length)) {
                if (in.nextToken() != JsonToken.START_OBJECT) {
                    throw new HistoryException("is no JSON object");
                }
                return read(in);
            } catch (JacksonException | IllegalArgumentException e) {
                throw new HistoryException("is no event: " + e.getMessage());
            }
        }

        private Event read(JsonParser in) {
            long at = 0;
            String process = "";
            long call = 0;
            @Nullable Op op = null;
            Event.@Nullable Builder event = null;
            for (String name = in.nextName(); name != null; name = in.nextName()) {
                in.nextToken();
                if (event != null) {
                    field(event, name, in);
                    continue;
                }
                switch (name) {
                    case "at" -> at = in.getLongValue();
                    case "process" -> process = word(in);
                    case "call" -> call = in.getLongValue();
                    case "op" -> op = known(OPS, in);
                    case "phase" -> {
                        if (op == null) {
                            throw new HistoryException("has its phase before its op");
                        }
                        event = Event.of(at, process, call, op, known(PHASES, in));
                    }
                    default -> throw new HistoryException("has " + name + " before its phase");
                }
            }
            if (event == null) {
                throw new HistoryException("has no phase");
            }
            return event.build();
        }

        private void field(Event.Builder event, String name, JsonParser in) {
            switch (name) {
                case "tenant", "queue", "kind", "word" -> event.optional(name, word(in));
                case "key", "unique_key", "sha256" -> event.optional(name, in.getString());
                case "job" -> event.job(JobId.parse(in.getString()).value());
                case "holder" -> event.holder(JobId.parse(in.getString()).value());
                case "priority" -> event.priority(in.getIntValue());
                case "attempt" -> event.attempt(in.getIntValue());
                case "max_attempts" -> event.maxAttempts(in.getIntValue());
                case "crashes" -> event.crashes(in.getIntValue());
                case "token" -> event.token(in.getLongValue());
                case "own" -> event.own(in.getLongValue());
                case "size" -> event.size(in.getIntValue());
                case "suspect" -> event.suspect(in.getBooleanValue());
                case "transactional" -> event.transactional(in.getBooleanValue());
                case "until" -> event.until(in.getLongValue());
                case "lasting" -> event.lasting(in.getLongValue());
                case "due" -> event.due(in.getLongValue());
                case "after" -> event.after(in.getLongValue());
                case "epoch" -> event.epoch(in.getLongValue());
                default -> throw new HistoryException("has an unknown field " + name);
            }
        }

        private String word(JsonParser in) {
            String text = in.getString();
            String same = known.putIfAbsent(text, text);
            return same == null ? text : same;
        }

        private static <E extends Enum<E>> E known(Map<String, E> values, JsonParser in) {
            E value = values.get(in.getString());
            if (value == null) {
                throw new HistoryException("has " + in.getString() + " where one of " + values.keySet() + " is due");
            }
            return value;
        }

        private static <E extends Enum<E>> Map<String, E> words(E[] values) {
            Map<String, E> words = new HashMap<>();
            for (E value : values) {
                words.put(value.name().toLowerCase(Locale.ROOT), value);
            }
            return words;
        }
    }
}
