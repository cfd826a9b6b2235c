package dev.leat.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.control.Change;
import dev.leat.api.control.ControlStore;
import dev.leat.api.control.Leadership;
import dev.leat.api.control.RecordKey;
import dev.leat.api.control.Written;
import dev.leat.launcher.RedisServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How control records are laid out, as far as the contract does not tell. */
class ControlLayoutTest {
    private static final RecordKey KEY = new RecordKey("nodes", "a");
    private static final Duration LEASE = Duration.ofHours(1);

    private RedisConfig config;
    private RedisStores stores;
    private ControlStore control;

    @BeforeEach
    void open() {
        config = TestRedis.NEWEST.emptyStore();
        stores = RedisStores.open(config);
        control = stores.control();
    }

    @AfterEach
    void close() {
        stores.close();
    }

    @Test
    void allKeysAreOnOneNodeOfAClusterApartFromJobs() {
        done(new Change.Put(KEY, Change.ABSENT, "1"), new Change.Append("audit", "1"));
        leader();
        stores.jobs().enqueue(new Jobs().times(3));

        String[] names = keys("*" + config.prefix() + ":*");

        assertThat(names)
                .filteredOn(name -> name.startsWith("{" + config.prefix() + ":control}:"))
                .hasSize(6);
        assertThat(names).allMatch(name -> name.matches("\\{" + config.prefix() + ":(0|control)}:[a-z]+"));
    }

    @Test
    void afterEverythingWasLostNoVersionOrEpochOrSequenceIsGivenAgain() {
        long version = done(new Change.Put(KEY, Change.ABSENT, "1"), new Change.Append("audit", "1"));
        Leadership before = leader();
        long sequence = control.journal("audit", 0, 10).getFirst().sequence();
        for (String name : keys(key("*"))) {
            redis("DEL", name);
        }

        assertThat(leader().epoch()).isGreaterThan(before.epoch());
        assertThat(control.write(List.of(new Change.Append("audit", "2")), before))
                .isEqualTo(new Written.Deposed(before));
        assertThat(done(new Change.Put(KEY, Change.ABSENT, "2"), new Change.Append("audit", "3")))
                .isGreaterThan(version);
        assertThat(control.journal("audit", sequence, 10))
                .as("what a reader sees who had seen the first entry")
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"meta", "records", "names", "revisions", "journals", "leaders"})
    void aKeyOfAnotherProgramIsToldAndNothingIsTouched(String name) {
        done(new Change.Put(KEY, Change.ABSENT, "1"), new Change.Append("audit", "1"));
        Leadership leader = leader();
        redis("RENAME", key(name), key(name) + "-away");
        redis("SET", key(name), "something else");
        List<String> before = contents();

        for (Runnable call : List.<Runnable>of(
                () -> done(new Change.Put(new RecordKey("nodes", "b"), Change.ABSENT, "1")),
                () -> done(new Change.Append("audit", "2")),
                () -> control.lead("pruner", "node-b", LEASE),
                () -> control.resign(leader))) {
            assertThatThrownBy(call::run)
                    .hasMessageContaining("choose another prefix")
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.effect()).isEqualTo(Effect.NONE));
        }

        assertThat(contents()).isEqualTo(before);
    }

    private long done(Change... changes) {
        Written written = control.write(List.of(changes), null);
        assertThat(written).isInstanceOf(Written.Done.class);
        return ((Written.Done) written).version();
    }

    private Leadership leader() {
        return control.lead("scheduler", "node-a", LEASE).orElseThrow();
    }

    /** Of every key, as Redis would hand it to another server. */
    private List<String> contents() {
        return List.of(keys(key("*"))).stream()
                .sorted()
                .map(name -> name + "=" + redis("DUMP", name))
                .toList();
    }

    private String key(String name) {
        return "{" + config.prefix() + ":control}:" + name;
    }

    private static String[] keys(String pattern) {
        return redis("KEYS", pattern).replaceAll("[\\[\\]]", "").split(", ", -1);
    }

    private static String redis(String... words) {
        RedisServer server = TestRedis.NEWEST.server();
        return TestRedis.command(server, words);
    }
}
