package dev.leat.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.KindName;
import dev.leat.api.QueueName;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Capabilities.Durability;
import dev.leat.api.store.Retention;
import dev.leat.engine.backend.Needs;
import dev.leat.engine.work.WorkerConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LeatConfigTest {
    @Test
    void nothingConfiguredIsTheDefaults() {
        LeatConfig config = LeatConfig.CONFIG.read("leat.yaml", "", Map.of());
        assertThat(config).isEqualTo(LeatConfig.DEFAULT);
        assertThat(config.server().host()).isEqualTo("127.0.0.1");
        assertThat(config.server().port()).isEqualTo(8080);
        assertThat(config.server().maxBody()).isEqualTo(new ByteSize(16 << 20));
        assertThat(config.worker().worker()).isEqualTo(WorkerConfig.DEFAULT.withQueues());
        assertThat(config.store()).isEmpty();
        assertThat(config.kinds().exec().enabled()).isFalse();
        assertThat(config.kinds().http().allowPrivateAddresses()).isFalse();
    }

    @Test
    void everythingConfiguredIsRead() {
        LeatConfig config = LeatConfig.CONFIG.read("leat.yaml", """
            server:
              host: 127.0.0.2
              port: 9090
              allowed_hosts: [jobs.example.org]
              request_timeout: 5m
              max_body: 64KiB
            worker: {enabled: false, queues: [mail, "default"], slots: 2, poll: 250ms, lease: PT1M, grace: 1h}
            store:
              url: jdbc:postgresql://db:5432/app
              user: leat
              password: s3cret
              schema: jobs
              connections: 20
              durability: d1
            kinds:
              http: {enabled: true, allow_private_addresses: true, allowed_hosts: [a, b]}
              exec:
                enabled: true
                commands:
                  backup: [/bin/backup, --quick]
                  thumb: {run: [/bin/convert], allow_args: true, timeout: 10s}
              sleep: {enabled: false}
              fail:
            """, Map.of());
        assertThat(config.server())
                .isEqualTo(new ServerConfig(
                        "127.0.0.2", 9090, List.of("jobs.example.org"), Duration.ofMinutes(5), new ByteSize(64 << 10)));
        assertThat(config.worker())
                .isEqualTo(new WorkerSettings(
                        false,
                        List.of(new QueueName("mail"), QueueName.DEFAULT),
                        2,
                        Duration.ofMillis(250),
                        Duration.ofMinutes(1),
                        Duration.ofHours(1)));
        assertThat(config.store())
                .contains(new StoreConfig(
                        "jdbc:postgresql://db:5432/app",
                        Optional.empty(),
                        Optional.of("leat"),
                        Secret.of("s3cret"),
                        Optional.of("jobs"),
                        20,
                        Durability.D1,
                        Map.of()));
        assertThat(config.kinds().http()).isEqualTo(new KindsConfig.Http(true, true, List.of("a", "b")));
        assertThat(config.kinds().exec().commands())
                .containsEntry(
                        "backup",
                        new KindsConfig.Command(List.of("/bin/backup", "--quick"), false, Duration.ofMinutes(5)))
                .containsEntry("thumb", new KindsConfig.Command(List.of("/bin/convert"), true, Duration.ofSeconds(10)));
        assertThat(config.kinds().enabled())
                .containsExactlyInAnyOrder(new KindName("http"), new KindName("exec"), new KindName("fail"));
        assertThat(config.toString()).doesNotContain("s3cret");
    }

    @Test
    void theStoreCanBeGivenByTheEnvironmentAlone() {
        LeatConfig config = LeatConfig.CONFIG.read(Map.of(
                "LEAT_STORE_URL", "jdbc:postgresql://db/app",
                "LEAT_STORE_USER", "leat",
                "LEAT_WORKER_QUEUES", "mail, default"));
        assertThat(config.store()).map(StoreConfig::url).contains("jdbc:postgresql://db/app");
        assertThat(config.worker().queues()).containsExactly(new QueueName("mail"), QueueName.DEFAULT);
    }

    @Test
    void queuesAreKeptInBackendsByName() {
        LeatConfig config = LeatConfig.CONFIG.read("leat.yaml", """
            queues:
              critical:  { backend: redis-lists,   config: { database: 0, key_prefix: "critical:" } }
              analytics: { backend: redis-streams, config: { stream: analytics, consumer_group: workers, max_len: 100000 } }
              bulk:      { backend: keydb,         config: { endpoint: "keydb:6379", pipeline: 1000 } }
              audit:     { requires: { durability: d2, priority: levels, delay: true }, allow_emulated: true }
            backends:
              redis-lists:   { driver: redis,         url: "redis://localhost:6379" }
              redis-streams: { driver: redis-streams, url: "redis://localhost:6379" }
              keydb:         { driver: keydb,         url: "keydb://cluster:6379" }
            """, Map.of());
        assertThat(config.backends()).containsOnlyKeys("redis-lists", "redis-streams", "keydb");
        assertThat(config.backends().get("keydb").driver()).contains("keydb");
        QueueConfig critical = config.queues().get("critical");
        assertThat(critical.config()).isEqualTo(Map.of("database", "0", "key_prefix", "critical:"));
        assertThat(critical.place("critical")).isEqualTo("redis-lists.critical");
        assertThat(critical.needs()).isEqualTo(new Needs(Durability.D0, Set.of(), false));
        QueueConfig audit = config.queues().get("audit");
        assertThat(audit.place("audit")).isEqualTo("default");
        assertThat(audit.needs())
                .isEqualTo(new Needs(Durability.D2, Set.of(Capability.PRIORITY, Capability.DELAY), true));
    }

    @Test
    void whatIsNotSaidOfRetentionFollowsCompletedJobs() {
        assertThat(retention("")).isEqualTo(Retention.DEFAULT);
        assertThat(retention("retention: {completed: never}")).isEqualTo(Retention.FOREVER);
        assertThat(retention("retention: {completed: 60d}"))
                .isEqualTo(new Retention(Duration.ofDays(60), Duration.ofDays(60), Duration.ofDays(60)));
        assertThat(retention("retention: {completed: 1d, cancelled: 2d, discarded: never}"))
                .isEqualTo(new Retention(Duration.ofDays(1), Duration.ofDays(2), null));
    }

    private static Retention retention(String yaml) {
        return LeatConfig.CONFIG.read("leat.yaml", yaml, Map.of()).retention().retention();
    }
}
