package dev.leat.engine.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.InvalidValueException;
import dev.leat.api.QueueName;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.engine.id.FaultyControlStore;
import dev.leat.engine.id.FaultyControlStore.Fault;
import dev.leat.engine.id.MonotonicClock;
import dev.leat.engine.memory.InMemoryControlStore;
import dev.leat.testkit.StoreClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a node knows of routes that others change. */
class RoutesTest {
    private static final QueueName MAIL = new QueueName("mail");
    private static final String ARCHIVE = "archive";
    private static final Set<String> BACKENDS = Set.of(Backends.STANDARD, ARCHIVE);

    private final StoreClock clock = new StoreClock();
    private final InMemoryControlStore control = new InMemoryControlStore(clock);
    private final AtomicReference<String> failing = new AtomicReference<>("");

    @Test
    void aChangeThatWasReadHalfWayIsReadAgain() {
        Routes here = new Routes(control, MonotonicClock.SYSTEM, BACKENDS, () -> {});
        Routes there = new Routes(
                new FaultyControlStore(
                        control, method -> method.equals(failing.get()) ? Fault.UNREACHABLE : Fault.NONE),
                MonotonicClock.SYSTEM,
                BACKENDS,
                () -> {});
        here.route(MAIL, ARCHIVE, () -> {});
        clock.advance(Duration.ofMinutes(1));

        for (String method : new String[] {"range", "time"}) {
            failing.set(method);
            assertThatThrownBy(there::refresh).isInstanceOf(StoreException.class);
        }
        failing.set("");
        there.refresh();

        assertThat(there.backend(MAIL, null)).isEqualTo(ARCHIVE);
    }

    @Test
    void changesAreToldOfHereAndThere() {
        AtomicInteger told = new AtomicInteger();
        Routes here = new Routes(control, MonotonicClock.SYSTEM, BACKENDS, told::incrementAndGet);
        Routes there = new Routes(control, MonotonicClock.SYSTEM, BACKENDS, told::incrementAndGet);
        told.set(0);

        here.route(MAIL, ARCHIVE, () -> {});
        assertThat(told).hasValue(1);
        there.refresh();
        assertThat(told).hasValue(2);
        here.refresh();
        there.refresh();
        here.route(MAIL, ARCHIVE, () -> {});
        assertThat(told).as("nothing new").hasValue(2);
    }

    @Test
    void backendsThatAreNotHereAreTold() {
        new Routes(control, MonotonicClock.SYSTEM, BACKENDS, () -> {}).route(MAIL, ARCHIVE, () -> {});

        Routes alone = new Routes(control, MonotonicClock.SYSTEM, Set.of(Backends.STANDARD), () -> {});
        assertThat(alone.missing()).isEqualTo(Map.of(MAIL, Set.of(ARCHIVE)));
        assertThat(new Routes(control, MonotonicClock.SYSTEM, BACKENDS, () -> {}).missing())
                .isEmpty();
    }

    @Test
    void noChangeIsForgottenWhileJobsMayBeAskedForByIt() {
        Routes routes = new Routes(control, MonotonicClock.SYSTEM, BACKENDS, () -> {});
        Instant first = routes.route(MAIL, ARCHIVE, () -> {}).orElseThrow();
        Instant second = change(routes);
        for (int i = 2; i < Routes.MOST_STEPS; i++) {
            change(routes);
        }

        assertThatThrownBy(() -> change(routes))
                .isInstanceOf(InvalidValueException.class)
                .hasMessage(
                        "backend of queue mail was changed 50 times within 24 hours, and where its jobs went must be"
                                + " known so long; allowed: the next change at " + second.plus(Routes.KNOWN)
                                + " or later");
        assertThat(routes.backend(MAIL, first)).isEqualTo(ARCHIVE);

        clock.advance(Routes.KNOWN);
        change(routes);
        assertThat(routes.backend(MAIL, second.plusSeconds(60))).isEqualTo(ARCHIVE);
    }

    private Instant change(Routes routes) {
        clock.advance(Duration.ofMinutes(1));
        String now = routes.all().get(MAIL).backend();
        return routes.route(MAIL, now.equals(ARCHIVE) ? Backends.STANDARD : ARCHIVE, () -> {})
                .orElseThrow();
    }

    @Test
    void aChangeThatWasWrittenAndNotReadBackIsNotSaidToHaveFailed() {
        Routes routes = new Routes(
                new FaultyControlStore(
                        control, method -> method.equals(failing.get()) ? Fault.UNREACHABLE : Fault.NONE),
                MonotonicClock.SYSTEM,
                BACKENDS,
                () -> {});
        failing.set("revision");
        assertThatThrownBy(() -> routes.route(MAIL, ARCHIVE, () -> {}))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.effect()).isEqualTo(Effect.UNKNOWN));

        failing.set("get");
        assertThatThrownBy(() -> routes.route(MAIL, ARCHIVE, () -> {}))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.effect()).isEqualTo(Effect.NONE));

        failing.set("");
        assertThat(routes.route(MAIL, ARCHIVE, () -> {})).as("asked again").isEmpty();
        assertThat(routes.all().get(MAIL).backend()).isEqualTo(ARCHIVE);
    }
}
