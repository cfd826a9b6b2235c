package dev.leat.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leat.api.StoreException;
import dev.leat.api.control.Change;
import dev.leat.api.control.ControlRecord;
import dev.leat.api.control.ControlStore;
import dev.leat.api.control.JournalEntry;
import dev.leat.api.control.Leadership;
import dev.leat.api.control.RecordKey;
import dev.leat.api.control.Written;
import dev.leat.api.store.Capabilities.Durability;
import dev.leat.launcher.RedisServer;
import dev.leat.launcher.RedisServer.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the control store answered while its server is killed is there when it is back. */
class ControlKillTest {
    private static final int KILLS = 5;
    private static final int WRITERS = 4;
    private static final int WRITES_BEFORE_KILL = 60;
    private static final Duration LEASE = Duration.ofHours(1);

    @ParameterizedTest
    @EnumSource
    void nothingThatWasAnsweredIsLost(Version version) throws Exception {
        try (RedisServer server = TestRedis.start(version, Map.of("appendonly", "yes", "appendfsync", "always"));
                RedisStores stores = RedisStores.open(TestRedis.config(server).withDurability(Durability.D2))) {
            ControlStore control = stores.control();
            Leadership leader = control.lead("scheduler", "node-a", LEASE).orElseThrow();
            List<Writer> writers = IntStream.range(0, WRITERS)
                    .mapToObj(i -> new Writer(control, leader, "w" + i))
                    .toList();
            for (int kill = 0; kill < KILLS; kill++) {
                killUnder(server, writers);

                await().atMost(1, TimeUnit.MINUTES)
                        .ignoreExceptionsInstanceOf(StoreException.class)
                        .until(() -> control.revision("counters") > 0);
                writers.forEach(Writer::check);
                assertThat(control.lead("scheduler", "node-b", LEASE)).isEmpty();
                assertThat(control.lead("scheduler", "node-a", LEASE))
                        .map(Leadership::epoch)
                        .contains(leader.epoch());
            }
        }
    }

    private static void killUnder(RedisServer server, List<Writer> writers) throws Exception {
        CountDownLatch written = new CountDownLatch(WRITES_BEFORE_KILL);
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try {
            List<Future<?>> all = new ArrayList<>();
            writers.forEach(writer -> all.add(threads.submit(() -> writer.writeUntilItFails(written))));
            written.await();
            server.kill();
            for (Future<?> each : all) {
                each.get(1, TimeUnit.MINUTES);
            }
        } finally {
            threads.shutdownNow();
        }
        server.restart();
    }

    /** Counts in a record, and writes each number to a journal too. */
    private static final class Writer {
        private final ControlStore control;
        private final Leadership leader;
        private final String name;
        private final RecordKey key;
        private long version = Change.ABSENT;
        private int last;

        Writer(ControlStore control, Leadership leader, String name) {
            this.control = control;
            this.leader = leader;
            this.name = name;
            key = new RecordKey("counters", name);
        }

        void writeUntilItFails(CountDownLatch written) {
            while (true) {
                try {
                    write();
                } catch (StoreException e) {
                    return;
                }
                written.countDown();
            }
        }

        private void write() {
            String next = Integer.toString(last + 1);
            Written answer =
                    control.write(List.of(new Change.Put(key, version, next), new Change.Append(name, next)), leader);
            assertThat(answer).isInstanceOf(Written.Done.class);
            version = ((Written.Done) answer).version();
            last++;
        }

        /** Of the write that had no answer either all is there or nothing. */
        void check() {
            Optional<ControlRecord> record = control.get(key);
            int found = record.map(ControlRecord::value).map(Integer::valueOf).orElse(0);
            assertThat(found).isBetween(last, last + 1);
            if (found == last) {
                assertThat(record.map(ControlRecord::version).orElse(Change.ABSENT))
                        .isEqualTo(version);
            }
            assertThat(entries())
                    .isEqualTo(IntStream.rangeClosed(1, found)
                            .mapToObj(Integer::toString)
                            .toList());
            last = found;
            version = record.map(ControlRecord::version).orElse(Change.ABSENT);
        }

        private List<String> entries() {
            List<String> all = new ArrayList<>();
            long after = 0;
            List<JournalEntry> page;
            do {
                page = control.journal(name, after, 100);
                for (JournalEntry entry : page) {
                    all.add(entry.entry());
                    after = entry.sequence();
                }
            } while (!page.isEmpty());
            return all;
        }
    }
}
