package dev.leat.redis;

import static dev.leat.redis.Jobs.claim;
import static dev.leat.redis.Jobs.done;
import static dev.leat.redis.Jobs.held;
import static dev.leat.redis.Jobs.ids;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.Payload;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.control.Change;
import dev.leat.api.control.ControlStore;
import dev.leat.api.control.RecordKey;
import dev.leat.api.control.Written;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Failure;
import dev.leat.api.store.Health;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobQuery;
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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A user who may do just what the store needs gets everything done, and one who may do less is told at opening, not half way through a script. */
class AclTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Retention DAY = new Retention(Retention.LEAST, Retention.LEAST, Retention.LEAST);

    private static final Pattern RULE = Pattern.compile("ACL SETUSER leat on >secret ([^`\n]+)");
    private static final Pattern COMMAND = Pattern.compile("'([A-Z]{4,})'");

    private static final Set<String> NO_COMMANDS =
            Set.of("limit", "count", "streams", "group", "create", "mkstream", "nogroup");

    private final Jobs jobs = new Jobs();
    private final StoreClock clock = new StoreClock();

    RedisConfig laidOut(RedisConfig config) {
        return config.withPrefix(RedisConfig.DEFAULT_PREFIX);
    }

    /** The page that has the rule. */
    String page() {
        return "redis-lists.md";
    }

    /** Where the scripts are. */
    List<String> folders() {
        return List.of("jobs", "control");
    }

    @ParameterizedTest
    @EnumSource
    void theRuleOfThePageIsEnough(Version version) throws IOException {
        try (RedisServer server = TestRedis.start(version, Map.of())) {
            RedisConfig config = user(server, rule());
            try (RedisStores stores =
                    RedisStores.open(config, () -> clock.offset().toMillis())) {
                assertThat(stores.jobs().health().status()).isEqualTo(Health.Status.HEALTHY);
                run(stores.jobs());
                run(stores.control());
            }
            RedisStores.remove(config);
            assertThat(TestRedis.command(server, "DBSIZE")).isEqualTo("[0]");
        }
    }

    private void run(JobStore store) {
        List<NewJob> all = jobs.times(10);
        assertThat(store.enqueue(all)).allMatch(Enqueued.Accepted.class::isInstance);
        assertThat(store.enqueue(all)).allMatch(Enqueued.Duplicate.class::isInstance);
        List<Lease> leases = store.claim(claim(4)).leases();
        assertThat(held(leases)).isEqualTo(ids(all.subList(0, 4)));
        assertThat(store.renew(List.of(leases.getFirst().id()), HOUR)).allMatch(Renewed::held);
        assertThat(store.settle(Jobs.settlements(leases, new Outcome.Retry(HOUR, Failure.of("no")))))
                .allMatch(Settled::accepted);
        store.claim(claim(1));
        clock.advance(HOUR.multipliedBy(2));
        assertThat(store.promote(10).total()).isEqualTo(4);
        assertThat(store.reclaim(10).total()).isEqualTo(1);
        Operate operate = store.feature(Operate.class).orElseThrow();
        assertThat(operate.amend(
                        Jobs.LANE.tenant(),
                        ids(all.subList(8, 9)),
                        new Amendment.ReplacePayload(Payload.json("{\"n\":0}"))))
                .allMatch(Operated.Done.class::isInstance);
        assertThat(operate.cancel(Jobs.LANE.tenant(), ids(all.subList(9, 10))))
                .allMatch(Operated.Done.class::isInstance);
        for (List<Lease> some = leases; !some.isEmpty(); ) {
            some = store.claim(claim(10)).leases();
            assertThat(store.settle(done(some))).allMatch(Settled::accepted);
        }
        Inspect inspect = store.feature(Inspect.class).orElseThrow();
        assertThat(inspect.find(Jobs.LANE.tenant(), ids(all))).hasSize(10);
        assertThat(inspect.list(JobQuery.of(Jobs.LANE.tenant(), Jobs.LANE.queue())))
                .hasSize(10);
        assertThat(inspect.counts(Jobs.LANE.tenant()).values()).containsExactlyInAnyOrder(9L, 1L);
        clock.advance(Duration.ofDays(2));
        Prune prune = store.feature(Prune.class).orElseThrow();
        assertThat(prune.due(DAY).total()).isEqualTo(10);
        assertThat(prune.prune(DAY, 100).total()).isEqualTo(10);
    }

    private static void run(ControlStore control) {
        RecordKey key = new RecordKey("nodes", "a");
        Written written =
                control.write(List.of(new Change.Put(key, Change.ABSENT, "1"), new Change.Append("audit", "1")), null);
        assertThat(control.lead("scheduler", "a", HOUR)).isPresent();
        control.resign(control.lead("scheduler", "a", HOUR).orElseThrow());
        assertThat(control.range("nodes", "", 10)).hasSize(1);
        assertThat(control.journal("audit", 0, 10)).hasSize(1);
        assertThat(control.revision("nodes")).isPositive();
        control.write(List.of(new Change.Delete(key, ((Written.Done) written).version())), null);
        assertThat(control.get(key)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void withoutOneCommandOfTheScriptsItIsRefused(Version version) throws IOException {
        try (RedisServer server = TestRedis.start(version, Map.of())) {
            List<String> needed = new ArrayList<>(commandsOfScripts());
            needed.addAll(List.of("eval", "evalsha"));
            for (String command : needed) {
                String[] less = Arrays.copyOf(rule(), rule().length + 1);
                less[less.length - 1] = "-" + command;
                RedisConfig config = user(server, less);

                assertRefused(() -> RedisStores.open(config), Effect.NONE, "+" + command);
            }
            assertThat(TestRedis.command(server, "DBSIZE"))
                    .as("keys that were written")
                    .isEqualTo("[0]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutItsKeysItIsRefused(Version version) throws IOException {
        try (RedisServer server = TestRedis.start(version, Map.of())) {
            RedisConfig config = user(server, rule());

            assertRefused(() -> RedisStores.open(config.withPrefix("other")), Effect.NONE, "~{other*");
            TestRedis.command(
                    server,
                    "ACL",
                    "SETUSER",
                    "leat",
                    "resetkeys",
                    "~{" + laidOut(TestRedis.config(server)).prefix() + ":0*");
            assertRefused(() -> RedisStores.open(config), Effect.NONE, "~{leat");
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsForbiddenInMidLifeMayHaveHadAnEffect(Version version) throws IOException {
        try (RedisServer server = TestRedis.start(version, Map.of());
                RedisStores stores = RedisStores.open(user(server, rule()))) {
            stores.jobs().enqueue(List.of(jobs.one()));
            TestRedis.command(server, "ACL", "SETUSER", "leat", "-zadd");

            assertRefused(() -> stores.jobs().enqueue(List.of(jobs.one())), Effect.UNKNOWN, "+zadd");

            TestRedis.command(server, "ACL", "SETUSER", "leat", "+zadd", "-evalsha");
            assertRefused(() -> stores.jobs().enqueue(List.of(jobs.one())), Effect.NONE, "+evalsha");
        }
    }

    @Test
    void theRuleOfThePageAllowsNothingThatIsNotNeeded() throws IOException {
        Set<String> allowed = new HashSet<>();
        for (String word : rule()) {
            if (word.startsWith("+")) {
                allowed.add(word.substring(1));
            }
        }
        Set<String> needed = new HashSet<>(commandsOfScripts());
        needed.addAll(List.of("eval", "evalsha", "ping", "info", "config|get", "publish", "subscribe", "unlink"));
        assertThat(allowed).isEqualTo(needed);
    }

    /** As in their texts. */
    private Set<String> commandsOfScripts() throws IOException {
        Set<String> commands = new HashSet<>();
        for (String folder : folders()) {
            try (Stream<Path> files = Files.list(Path.of("src/main/resources/dev/leat/redis", folder))) {
                for (Path file : files.toList()) {
                    COMMAND.matcher(Files.readString(file, UTF_8))
                            .results()
                            .map(found -> found.group(1).toLowerCase(Locale.ROOT))
                            .filter(word -> !NO_COMMANDS.contains(word))
                            .forEach(commands::add);
                }
            }
        }
        assertThat(commands).contains("hset", "zadd", "time").hasSizeGreaterThan(12);
        return commands;
    }

    private String[] rule() throws IOException {
        Matcher found = RULE.matcher(Files.readString(Path.of("../../docs/stores", page()), UTF_8));
        assertThat(found.find()).isTrue();
        return found.group(1).split(" ", -1);
    }

    private RedisConfig user(RedisServer server, String... rule) {
        List<String> words = new ArrayList<>(List.of("ACL", "SETUSER", "leat", "reset", "on", ">secret"));
        words.addAll(List.of(rule));
        TestRedis.command(server, words.toArray(String[]::new));
        return laidOut(TestRedis.config(server)).withAuthentication("leat", "secret");
    }

    private static void assertRefused(ThrowingCallable call, Effect effect, String saying) {
        assertThatThrownBy(call)
                .as(saying)
                .hasMessageContaining(saying)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.effect()).isEqualTo(effect));
    }
}
