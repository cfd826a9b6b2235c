package dev.leat.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.JobState;
import dev.leat.api.KindName;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.TenantName;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.NewJob;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls that gather are committed together, and none of them suffers for another. */
@Timeout(120)
class GroupCommitTest {
    @TempDir
    Path directory;

    private SqliteStores stores;

    @BeforeEach
    void open() {
        stores = SqliteStores.open(SqliteConfig.of(directory.resolve("leat.db")));
    }

    @AfterEach
    void close() {
        stores.close();
    }

    @Test
    void callsThatGatherAreOneCommit() throws Exception {
        long before = stores.writer().commits();
        List<FutureTask<List<Enqueued>>> calls = new ArrayList<>();
        try (WriterRig rig = new WriterRig(stores)) {
            for (int i = 0; i < 50; i++) {
                List<NewJob> jobs = Jobs.jobs(1 + 10L * i, 3);
                calls.add(rig.gather(() -> stores.jobs().enqueue(jobs)));
            }
        }
        for (int i = 0; i < 50; i++) {
            assertThat(calls.get(i).get()).isEqualTo(Jobs.accepted(Jobs.jobs(1 + 10L * i, 3)));
        }
        assertThat(stores.writer().commits() - before).isEqualTo(2);
        assertThat(available()).isEqualTo(150);
        assertThat(stores.jobs().claim(Jobs.claim(1_000)).jobs()).isEqualTo(150);
    }

    @Test
    void aGroupIsBounded() throws Exception {
        List<FutureTask<?>> calls = new ArrayList<>();
        long before = stores.writer().commits();
        try (WriterRig rig = new WriterRig(stores)) {
            for (int i = 0; i < Writer.GROUP_CALLS + 1; i++) {
                NewJob job = Jobs.job(1 + i);
                calls.add(rig.gather(() -> stores.jobs().enqueue(List.of(job))));
            }
        }
        assertThat(calls).allMatch(FutureTask::isDone);
        assertThat(stores.writer().commits() - before).isEqualTo(3);
        assertThat(available()).isEqualTo(Writer.GROUP_CALLS + 1);

        before = stores.writer().commits();
        int large = Math.toIntExact(Writer.GROUP_BYTES / 100_000) + 2;
        try (WriterRig rig = new WriterRig(stores)) {
            for (int i = 0; i < large; i++) {
                NewJob job = Jobs.large(1_000 + i);
                calls.add(rig.gather(() -> stores.jobs().enqueue(List.of(job))));
            }
        }
        assertThat(calls).allMatch(FutureTask::isDone);
        assertThat(stores.writer().commits() - before).isEqualTo(3);
    }

    @Test
    void aCallThatFailsIsUndoneAlone() throws Exception {
        Lane other = new Lane(TenantName.MAIN, new QueueName("other"), new KindName("mail"));
        NewJob job = Jobs.job(500);
        NewJob elsewhere = new NewJob(job.id(), 1, other, Payload.json("1"), 0, 1, Due.now());
        long before = stores.writer().commits();
        FutureTask<?> first;
        FutureTask<?> failing;
        FutureTask<?> last;
        FutureTask<?> defect;
        try (WriterRig rig = new WriterRig(stores)) {
            first = rig.gather(() -> stores.jobs().enqueue(Jobs.jobs(1, 3)));
            failing = rig.gather(() -> stores.writer().call(0, tx -> {
                new Enqueuer(tx).enqueue(List.of(elsewhere, Jobs.job(600)));
                tx.query("job_known").set("id", 500).rows(row -> row.getLong("no such column"));
                return new Enqueuer(tx).enqueue(List.of(elsewhere));
            }));
            last = rig.gather(() -> stores.jobs().enqueue(Jobs.jobs(11, 3)));
            defect = rig.gather(() -> stores.writer().call(0, tx -> {
                new Enqueuer(tx).enqueue(List.of(elsewhere, Jobs.job(600)));
                throw new IllegalArgumentException("a defect");
            }));
        }
        assertThat(first.get()).isEqualTo(Jobs.accepted(Jobs.jobs(1, 3)));
        assertThat(last.get()).isEqualTo(Jobs.accepted(Jobs.jobs(11, 3)));
        assertThatThrownBy(failing::get).hasCauseInstanceOf(StoreException.class);
        assertThatThrownBy(defect::get).rootCause().hasMessage("a defect");
        assertThat(stores.writer().commits() - before).isEqualTo(2);
        assertThat(available()).isEqualTo(6);
        assertThat(inspect().queueNames(TenantName.MAIN)).containsExactly(QueueName.DEFAULT);

        assertThat(stores.jobs().enqueue(List.of(elsewhere))).isEqualTo(Jobs.accepted(List.of(elsewhere)));
        assertThat(available()).isEqualTo(7);
        assertThat(inspect().counts(TenantName.MAIN, other.queue())).containsEntry(JobState.AVAILABLE, 1L);
    }

    /** As SQLite does by itself when a disk fails in the middle. */
    @Test
    void callsOfATransactionThatBrokeAreRunOnceMoreEachAlone() throws Exception {
        long before = stores.writer().commits();
        FutureTask<?> first;
        FutureTask<?> breaking;
        FutureTask<?> last;
        try (WriterRig rig = new WriterRig(stores)) {
            first = rig.gather(() -> stores.jobs().enqueue(Jobs.jobs(1, 3)));
            breaking = rig.gather(() -> stores.writer().call(0, tx -> {
                tx.session().execute("rollback");
                throw new IllegalStateException("the transaction is gone");
            }));
            last = rig.gather(() -> stores.jobs().enqueue(Jobs.jobs(11, 3)));
        }
        assertThat(first.get()).isEqualTo(Jobs.accepted(Jobs.jobs(1, 3)));
        assertThat(last.get()).isEqualTo(Jobs.accepted(Jobs.jobs(11, 3)));
        assertThatThrownBy(breaking::get).isInstanceOf(ExecutionException.class);
        assertThat(stores.writer().commits() - before).isEqualTo(3);
        assertThat(available()).isEqualTo(6);
        assertThat(stores.jobs().claim(Jobs.claim(10)).jobs()).isEqualTo(6);
    }

    @Test
    void aCommitThatFailsFailsAllAndStoresNothing() throws Exception {
        stores.writer().call(0, tx -> {
            tx.session().script("""
                pragma foreign_keys = on;
                create table parent(id integer primary key) strict;
                create table child(parent integer references parent(id) deferrable initially deferred) strict\
                """);
            return 0;
        });
        List<FutureTask<?>> calls = new ArrayList<>();
        Session[] session = new Session[1];
        stores.writer().call(0, tx -> session[0] = tx.session());
        session[0].script("pragma foreign_keys = on");
        try (WriterRig rig = new WriterRig(stores)) {
            calls.add(rig.gather(() -> stores.jobs().enqueue(Jobs.jobs(1, 3))));
            calls.add(rig.gather(() -> stores.writer().call(0, tx -> {
                tx.session().script("insert into child(parent) values (7)");
                return 0;
            })));
            calls.add(rig.gather(() -> stores.jobs().enqueue(Jobs.jobs(11, 3))));
        }
        for (FutureTask<?> call : calls) {
            assertThatThrownBy(call::get)
                    .cause()
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.effect()).isEqualTo(Effect.NONE));
        }
        assertThat(available()).isZero();

        assertThat(stores.jobs().enqueue(Jobs.jobs(1, 3))).isEqualTo(Jobs.accepted(Jobs.jobs(1, 3)));
        assertThat(available()).isEqualTo(3);
        assertThat(stores.jobs().claim(Jobs.claim(10)).jobs()).isEqualTo(3);
    }

    @Test
    void whatChangesNothingIsNotWritten() throws Exception {
        stores.jobs().claim(Jobs.claim(10));
        long size = Files.size(directory.resolve("leat.db-wal"));

        for (int i = 0; i < 20; i++) {
            assertThat(stores.jobs().claim(Jobs.claim(10)).leases()).isEmpty();
            assertThat(stores.jobs().promote(10).total()).isZero();
            assertThat(stores.jobs().reclaim(10).total()).isZero();
        }

        assertThat(Files.size(directory.resolve("leat.db-wal"))).isEqualTo(size);
    }

    @Test
    void whoReadsDoesNotWaitForTheWriter() throws Exception {
        stores.jobs().enqueue(Jobs.jobs(1, 3));
        try (WriterRig rig = new WriterRig(stores)) {
            FutureTask<?> waiting = rig.gather(() -> stores.jobs().enqueue(Jobs.jobs(11, 3)));

            assertThat(available()).isEqualTo(3);
            assertThat(inspect().find(TenantName.MAIN, Jobs.job(2).id())).isPresent();
            assertThat(stores.jobs().health().detail()).contains("SQLite");
            assertThat(stores.jobs().time()).isNotNull();
            assertThat(stores.control().revision("nodes")).isZero();
            assertThat(waiting.isDone()).isFalse();
        }
        assertThat(available()).isEqualTo(6);
    }

    private Inspect inspect() {
        return stores.jobs().feature(Inspect.class).orElseThrow();
    }

    private long available() {
        return inspect().counts(TenantName.MAIN).getOrDefault(JobState.AVAILABLE, 0L);
    }
}
