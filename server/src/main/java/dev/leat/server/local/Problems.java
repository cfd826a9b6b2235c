package dev.leat.server.local;

import dev.leat.api.AbsentCapabilityException;
import dev.leat.api.InvalidValueException;
import dev.leat.api.KeyBusyException;
import dev.leat.api.StoreException;
import dev.leat.engine.client.UnconfirmedException;
import dev.leat.wire.ApiException;
import dev.leat.wire.Problem;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How what went wrong is told to callers. */
public final class Problems {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
    private static final Pattern SNAKE = Pattern.compile("_([a-z])");
    private static final Map<Integer, String> TITLES = Map.ofEntries(
            Map.entry(400, "Bad Request"),
            Map.entry(403, "Forbidden"),
            Map.entry(404, "Not Found"),
            Map.entry(405, "Method Not Allowed"),
            Map.entry(408, "Request Timeout"),
            Map.entry(409, "Conflict"),
            Map.entry(413, "Content Too Large"),
            Map.entry(414, "URI Too Long"),
            Map.entry(415, "Unsupported Media Type"),
            Map.entry(431, "Request Header Fields Too Large"),
            Map.entry(500, "Internal Server Error"),
            Map.entry(503, "Service Unavailable"));

    private Problems() {}

    public static Problem of(int status, String code, String message) {
        return new Problem(status, title(status), code, message);
    }

    public static ApiException exception(int status, String code, String message) {
        return new ApiException(of(status, code, message));
    }

    /** The problem that an exception tells of; one that nobody expected is logged, and told without its message. */
    public static Problem of(Throwable e) {
        return switch (e) {
            case ApiException api -> api.problem();
            case InvalidValueException invalid -> of(invalid);
            case UnconfirmedException unknown ->
                of(
                        503,
                        "OUTCOME_UNKNOWN",
                        "The store's answer was lost: the jobs may be stored. Ask again with the same Idempotency-Key,"
                                + " if there was one; else look for them first. (" + unknown.getMessage() + ")");
            case KeyBusyException busy ->
                of(409, "KEY_BUSY", "Now " + busy.getMessage() + ". Nothing was stored; ask again.");
            case StoreException store ->
                store.effect() == StoreException.Effect.NONE
                        ? of(503, "STORE_UNAVAILABLE", store.getMessage() + ". Nothing was changed; try again later.")
                        : of(503, "OUTCOME_UNKNOWN", store.getMessage() + ". It may have happened all the same.");
            case AbsentCapabilityException absent -> of(409, "CAPABILITY_ABSENT", String.valueOf(absent.getMessage()));
            default -> {
                LOG.error("a request failed in a way that nobody expected", e);
                yield of(500, "INTERNAL", "Something unexpected went wrong; the server's log says what.");
            }
        };
    }

    private static Problem of(InvalidValueException e) {
        int status = e.code().equals("PAYLOAD_TOO_LARGE") ? 413 : 400;
        String field =
                SNAKE.matcher(e.field()).replaceAll(letter -> letter.group(1).toUpperCase(Locale.ROOT));
        return new Problem(
                status,
                title(status),
                e.code(),
                field + " " + e.problem() + "; allowed: " + e.allowed(),
                field,
                e.allowed());
    }

    public static String title(int status) {
        return TITLES.getOrDefault(status, "Error");
    }
}
