package dev.leat.redis;

import static dev.leat.redis.Jobs.claim;
import static dev.leat.redis.Jobs.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.JobId;
import dev.leat.api.Payload;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.control.Change;
import dev.leat.api.control.ControlStore;
import dev.leat.api.control.Leadership;
import dev.leat.api.control.RecordKey;
import dev.leat.api.control.Written;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Failure;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Operated;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Prune;
import dev.leat.api.store.Renewed;
import dev.leat.api.store.Retention;
import dev.leat.api.store.Settled;
import dev.leat.launcher.RedisServer;
import dev.leat.launcher.RedisServer.Version;
import dev.leat.testkit.StoreClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** On a server that has reached its limit of memory nothing new is taken, and what is there comes to its end. */
class MemoryTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Retention DAY = new Retention(Retention.LEAST, Retention.LEAST, Retention.LEAST);

    private final Jobs jobs = new Jobs();
    private final StoreClock clock = new StoreClock();

    /** How jobs are laid out. */
    RedisConfig laidOut(RedisConfig config) {
        return config;
    }

    @ParameterizedTest
    @EnumSource
    void jobsThatAreThereComeToTheirEnd(Version version) {
        try (RedisServer server = TestRedis.start(version, Map.of());
                RedisStores stores = open(server)) {
            JobStore store = stores.jobs();
            store.enqueue(jobs.times(20));
            store.enqueue(jobs.times(5).stream()
                    .map(job -> Jobs.with(job, Due.after(HOUR)))
                    .toList());
            List<Lease> leases = store.claim(claim(6)).leases();
            limit(server, "1");

            assertThat(store.settle(Jobs.settlements(leases, new Outcome.Retry(HOUR, Failure.of("no")))))
                    .allMatch(Settled::accepted);
            assertThat(store.settle(done(store.claim(claim(6)).leases())))
                    .hasSize(6)
                    .allMatch(Settled::accepted);
            var turn = store.settleAndClaim(done(store.claim(claim(2)).leases()), claim(3));
            assertThat(turn.settled()).hasSize(2).allMatch(Settled::accepted);
            assertThat(turn.claimed().jobs()).isEqualTo(3);
            Lease last = turn.claimed().leases().getFirst();
            assertThat(store.renew(List.of(last.id()), HOUR)).allMatch(Renewed::held);
            clock.advance(HOUR.multipliedBy(2));
            assertThat(store.promote(100).total()).isEqualTo(11);
            assertThat(store.reclaim(10).total()).isEqualTo(3);
            assertThat(operate(store)
                            .cancel(
                                    Jobs.LANE.tenant(),
                                    List.of(last.claims().getFirst().job())))
                    .allMatch(Operated.Done.class::isInstance);
            assertThat(store.settle(Jobs.settlements(store.claim(claim(100)).leases(), new Outcome.Release())))
                    .isNotEmpty()
                    .allMatch(Settled::accepted);
            clock.advance(Duration.ofDays(2));
            assertThat(store.feature(Prune.class).orElseThrow().prune(DAY, 100).total())
                    .isEqualTo(9);
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingNewIsTaken(Version version) {
        try (RedisServer server = TestRedis.start(version, Map.of());
                RedisStores stores = open(server)) {
            JobStore store = stores.jobs();
            List<NewJob> all = jobs.times(20);
            store.enqueue(all);
            List<Lease> leases = store.claim(claim(5)).leases();
            JobId waiting = all.getLast().id();
            limit(server, "1");

            assertRefused(() -> store.enqueue(jobs.times(3)));
            assertRefused(() ->
                    store.settle(Jobs.settlements(leases, new Outcome.Completed(Payload.json("{\"sent\":true}")))));
            assertRefused(() -> operate(store)
                    .amend(
                            Jobs.LANE.tenant(),
                            List.of(waiting),
                            new Amendment.ReplacePayload(Payload.json("{\"n\":1}"))));

            limit(server, "0");
            assertThat(store.settle(Jobs.settlements(leases, new Outcome.Completed(Payload.json("{\"sent\":true}")))))
                    .hasSize(5)
                    .allMatch(Settled::accepted);
            assertThat(store.enqueue(List.of(jobs.one()))).allMatch(Enqueued.Accepted.class::isInstance);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theNodesThatAreThereGoOn(Version version) {
        try (RedisServer server = TestRedis.start(version, Map.of());
                RedisStores stores = open(server)) {
            ControlStore control = stores.control();
            RecordKey node = new RecordKey("nodes", "a");
            long first = write(control, new Change.Put(node, Change.ABSENT, "1"));
            Leadership leader = control.lead("scheduler", "a", HOUR).orElseThrow();
            limit(server, "1");

            long second = write(control, new Change.Put(node, first, "2"));
            assertThat(control.lead("scheduler", "a", HOUR)).isPresent();
            control.resign(leader);
            assertThat(control.lead("scheduler", "b", HOUR)).isPresent();
            assertRefused(() -> write(control, new Change.Put(new RecordKey("nodes", "b"), Change.ABSENT, "1")));
            assertRefused(() -> write(control, new Change.Put(node, second, "3"), new Change.Append("audit", "1")));
            assertThat(control.get(node))
                    .hasValueSatisfying(record -> assertThat(record.value()).isEqualTo("2"));
            write(control, new Change.Delete(node, second));
        }
    }

    private RedisStores open(RedisServer server) {
        return RedisStores.open(
                laidOut(TestRedis.config(server)), () -> clock.offset().toMillis());
    }

    private static void limit(RedisServer server, String bytes) {
        TestRedis.command(server, "CONFIG", "SET", "maxmemory", bytes);
    }

    private static Operate operate(JobStore store) {
        return store.feature(Operate.class).orElseThrow();
    }

    private static long write(ControlStore control, Change... changes) {
        Written written = control.write(List.of(changes), null);
        assertThat(written).isInstanceOf(Written.Done.class);
        return ((Written.Done) written).version();
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .hasMessageContaining("raise maxmemory")
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.effect()).isEqualTo(Effect.NONE));
    }
}
