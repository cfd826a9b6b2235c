package dev.leat.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.TenantName;
import dev.leat.api.control.Change;
import dev.leat.api.control.RecordKey;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Health;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Prune;
import dev.leat.api.store.Retention;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever was accepted is answered, nobody hangs, and later calls are refused. */
@Timeout(60)
class CloseTest {
    @TempDir
    Path directory;

    private KvStores stores;

    @BeforeEach
    void open() {
        stores = KvStores.open(KvConfig.of(directory.resolve("leat")));
    }

    @Test
    void whatWasAcceptedIsAnswered() throws Exception {
        List<FutureTask<List<Enqueued>>> calls = new ArrayList<>();
        Thread closing;
        try (WriterRig rig = new WriterRig(stores)) {
            for (int i = 0; i < Writer.GROUP_CALLS + 10; i++) {
                long id = 1L + i;
                calls.add(rig.gather(() -> stores.jobs().enqueue(List.of(Jobs.job(id)))));
            }
            closing = new Thread(stores::close);
            closing.start();
            await().until(() -> closing.getState() == Thread.State.WAITING);
        }
        for (FutureTask<List<Enqueued>> call : calls) {
            assertThat(call.get()).hasOnlyElementsOfType(Enqueued.Accepted.class);
        }
        closing.join();
        stores = KvStores.open(KvConfig.of(directory.resolve("leat")));
        assertThat(stores.jobs().claim(Jobs.claim(1_000)).jobs()).isEqualTo(Writer.GROUP_CALLS + 10);
        stores.close();
    }

    @Test
    void laterCallsAreRefused() {
        Inspect inspect = stores.jobs().feature(Inspect.class).orElseThrow();
        Operate operate = stores.jobs().feature(Operate.class).orElseThrow();
        Prune prune = stores.jobs().feature(Prune.class).orElseThrow();
        stores.close();
        stores.close();

        List<ThrowingCallable> calls = List.of(
                () -> stores.jobs().enqueue(Jobs.jobs(1, 1)),
                () -> stores.jobs().claim(Jobs.claim(1)),
                () -> stores.jobs().promote(1),
                () -> stores.jobs().reclaim(1),
                () -> operate.cancel(TenantName.MAIN, List.of(Jobs.job(1).id())),
                () -> prune.prune(Retention.DEFAULT, 1),
                () -> prune.due(Retention.DEFAULT),
                () -> inspect.counts(TenantName.MAIN),
                () -> inspect.find(TenantName.MAIN, Jobs.job(1).id()),
                () -> stores.control().get(new RecordKey("nodes", "a")),
                () -> stores.control().write(List.of(new Change.Append("audit", "1")), null),
                () -> stores.control().lead("pruner", "a", Duration.ofSeconds(1)));
        for (ThrowingCallable call : calls) {
            assertThatThrownBy(call)
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.effect()).isEqualTo(Effect.NONE))
                    .hasMessageContaining("is closed");
        }
        assertThat(stores.jobs().health().status()).isEqualTo(Health.Status.UNHEALTHY);
    }

    @Test
    void theThreadEnds() {
        stores.close();

        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("leat-kv-writer");
    }

    /** Also if the caller was interrupted: what was asked is under way, and its answer is wanted. */
    @Test
    void anInterruptedCallerGetsItsAnswer() {
        Thread.currentThread().interrupt();
        try {
            assertThat(stores.jobs().enqueue(Jobs.jobs(1, 1))).isEqualTo(Jobs.accepted(Jobs.jobs(1, 1)));
            assertThat(stores.jobs().feature(Inspect.class).orElseThrow().counts(TenantName.MAIN))
                    .isNotEmpty();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
            stores.close();
        }
    }
}
