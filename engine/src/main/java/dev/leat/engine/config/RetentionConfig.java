package dev.leat.engine.config;

import dev.leat.api.store.Retention;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** When jobs that have ended are removed; the checks are those of {@link Retention}. */
public record RetentionConfig(
        @Setting(
                value = "How long completed jobs are kept, counted from when they ended.",
                defaultsTo = "7d",
                allowed = "1d to 3650d, or never to keep them for ever")
        Age completed,

        @Setting(
                value = "The same for cancelled jobs; as completed ones, if left out.",
                allowed = "as completed, and no less than it",
                example = "never")
        Optional<Age> cancelled,

        @Setting(
                value = "The same for discarded jobs, the dead letters; if left out 30d, or as completed ones if that"
                        + " is longer.",
                allowed = "as completed, and no less than it",
                example = "never")
        Optional<Age> discarded) {

    public RetentionConfig {
        retention(completed, cancelled, discarded);
    }

    /** As the engine takes it. */
    public Retention retention() {
        return retention(completed, cancelled, discarded);
    }

    private static Retention retention(Age completed, Optional<Age> cancelled, Optional<Age> discarded) {
        return new Retention(
                kept(completed), kept(cancelled.orElse(completed)), kept(discarded.orElse(longer(completed))));
    }

    private static Age longer(Age completed) {
        Optional<Duration> standard = Optional.ofNullable(Retention.DEFAULT.discarded());
        return completed.time().isEmpty() || completed.time().get().compareTo(standard.orElseThrow()) > 0
                ? completed
                : new Age(standard);
    }

    private static @Nullable Duration kept(Age age) {
        return age.time().orElse(null);
    }
}
