package dev.leat.cli.verify;

import dev.leat.cli.torture.ChildJvms;
import dev.leat.cli.torture.Tortured;
import dev.leat.cli.torture.TorturedEmbedded;
import dev.leat.cli.torture.TorturedPostgres;
import dev.leat.cli.torture.TorturedRedis;
import dev.leat.verify.torture.FaultKind;
import dev.leat.verify.torture.Schedule;
import dev.leat.verify.torture.Torture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A torture of one store, with what can be broken there.
 *
 * @param folder for histories and logs
 * @param stop opened to end it early
 */
record Trial(Tortured place, Path folder, Duration length, long seed, CountDownLatch stop) {
    /** Those that have a server or files of their own made for them. */
    static final List<String> BACKENDS = List.of(
            TorturedPostgres.BACKEND,
            TorturedRedis.LISTS,
            TorturedRedis.STREAMS,
            TorturedEmbedded.SQLITE,
            TorturedEmbedded.KV);

    /**
     * What came of it.
     *
     * @param skipped faults that could not be brought about, and why
     */
    record Came(Torture.Result result, Map<FaultKind, String> skipped) {}

    /**
     * A store of our own.
     *
     * @param backend one of {@link #BACKENDS}
     * @param folder an empty one
     * @param settings of its server
     */
    static Tortured scratch(
            String backend, Path folder, Map<String, String> settings, Set<FaultKind> kinds, Duration length)
            throws IOException {
        return switch (backend) {
            case TorturedEmbedded.SQLITE, TorturedEmbedded.KV -> TorturedEmbedded.start(backend, folder, kinds, length);
            case TorturedRedis.LISTS, TorturedRedis.STREAMS ->
                TorturedRedis.start(backend, folder, settings, kinds, length);
            case TorturedPostgres.BACKEND ->
                TorturedPostgres.start(new TorturedPostgres.Wish(folder, settings, kinds, length));
            default -> throw new IllegalArgumentException(backend);
        };
    }

    /**
     * Runs it.
     *
     * @param kinds what is to be broken, if it can be
     * @param schedule made of what can be
     * @throws Torture.TortureException as {@link Torture#run} does
     */
    Came run(Set<FaultKind> kinds, Function<Set<FaultKind>, Schedule> schedule, Consumer<Torture.Progress> progress)
            throws IOException, InterruptedException {
        Map<FaultKind, String> skipped = new TreeMap<>();
        Set<FaultKind> possible = EnumSet.noneOf(FaultKind.class);
        for (FaultKind kind : kinds) {
            Optional<String> reason = place.impossible(kind).or(() -> ChildJvms.impossible(kind));
            reason.ifPresentOrElse(why -> skipped.put(kind, why), () -> possible.add(kind));
        }
        Path history = Files.createDirectory(folder.resolve("history"));
        Torture.Wish wish = new Torture.Wish(history, length, seed, schedule.apply(possible));
        return new Came(new Torture(place, new ChildJvms(place, folder), wish, stop).run(progress), skipped);
    }
}
