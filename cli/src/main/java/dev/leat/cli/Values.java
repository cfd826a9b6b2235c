package dev.leat.cli;

import dev.leat.api.InvalidValueException;
import dev.leat.api.JobId;
import dev.leat.api.KindName;
import dev.leat.api.QueueName;
import dev.leat.engine.config.Times;
import dev.leat.wire.IdempotencyKey;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How words on the command line become values of ours. */
final class Values {
    private Values() {}

    static CommandLine readBy(CommandLine command) {
        return command.registerConverter(QueueName.class, reading(QueueName::new))
                .registerConverter(KindName.class, reading(KindName::new))
                .registerConverter(IdempotencyKey.class, reading(IdempotencyKey::new))
                .registerConverter(JobId.class, reading(JobId::parse))
                .registerConverter(URI.class, reading(Values::url))
                .registerConverter(Duration.class, reading(Times::parse))
                .registerConverter(Instant.class, reading(Values::instant));
    }

    private static <T> ITypeConverter<T> reading(Function<String, T> parse) {
        return text -> {
            try {
                return parse.apply(text);
            } catch (InvalidValueException e) {
                throw new TypeConversionException(e.getMessage());
            }
        };
    }

    private static URI url(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidValueException("URL_INVALID", "url", "is no URL", "such as http://127.0.0.1:8080");
        }
    }

    private static Instant instant(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new InvalidValueException(
                    "INSTANT_INVALID",
                    "instant",
                    "is no date and time with an offset",
                    "ISO-8601 such as 2026-01-31T23:59:59Z");
        }
    }
}
