package dev.leat.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.leat.api.JobState;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.TenantName;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Health;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.Lease;
import dev.leat.api.store.NewJob;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the disk and other programs can do to the file: it is told honestly, nothing is lost, and once it is over the store goes on. */
@Timeout(120)
class FaultTest {
    @TempDir
    Path directory;

    private Path file;
    private SqliteStores stores;

    @BeforeEach
    void open() {
        file = directory.resolve("leat.db");
        stores = SqliteStores.open(SqliteConfig.of(file));
        stores.jobs().enqueue(Jobs.jobs(1, 3));
    }

    @AfterEach
    void close() {
        stores.close();
    }

    // Whatever it is, for however long.

    @Test
    void callsThatFailLeaveNoConnectionsBehind() throws Exception {
        Session session = session();
        session.script("alter table mark rename to away");
        session.close();
        assertThatThrownBy(() -> stores.jobs().claim(Jobs.claim(1))).isInstanceOf(StoreException.class);
        long before = descriptors();

        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> stores.jobs().claim(Jobs.claim(1))).isInstanceOf(StoreException.class);
        }

        assertThat(descriptors()).isLessThan(before + 20);
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    // No room.

    @Test
    void aFullDiskRefusesWhatDoesNotFit() throws Exception {
        Session session = session();
        session.script("pragma max_page_count = " + (Integer.parseInt(session.pragma("page_count")) + 10));

        assertFails(() -> stores.jobs().enqueue(List.of(Jobs.large(100))), Effect.NONE, "is full");
        // Asked once: to be asked has it try whether a small write fits, which it does.
        Health told = stores.jobs().health();
        assertThat(told.status()).isEqualTo(Health.Status.UNHEALTHY);
        assertThat(told.detail()).contains("the last write failed", "free some space");
        assertFails(() -> stores.jobs().enqueue(List.of(Jobs.large(101), Jobs.large(102))), Effect.NONE, "is full");
        Lease lease = stores.jobs().claim(Jobs.claim(1)).leases().getFirst();

        session.script("pragma max_page_count = 1000000");
        assertAccepted(Jobs.large(100));
        assertThat(stores.jobs().health().status()).isEqualTo(Health.Status.HEALTHY);
        assertThat(stores.jobs().settle(Jobs.completed(List.of(lease)))).allMatch(settled -> settled.accepted());
        assertThat(available()).isEqualTo(3);
        assertThat(stores.jobs().claim(Jobs.claim(10)).jobs()).isEqualTo(3);
    }

    @Test
    void whoHasNoRoomInAGroupFailsAlone() throws Exception {
        Session session = session();
        session.script("pragma max_page_count = " + (Integer.parseInt(session.pragma("page_count")) + 10));
        FutureTask<List<Enqueued>> first;
        FutureTask<List<Enqueued>> tooLarge;
        FutureTask<List<Enqueued>> last;
        try (WriterRig rig = new WriterRig(stores)) {
            first = rig.gather(() -> stores.jobs().enqueue(Jobs.jobs(11, 2)));
            tooLarge = rig.gather(() -> stores.jobs()
                    .enqueue(LongStream.range(100, 105).mapToObj(Jobs::large).toList()));
            last = rig.gather(() -> stores.jobs().enqueue(Jobs.jobs(21, 2)));
        }
        assertThat(first.get()).isEqualTo(Jobs.accepted(Jobs.jobs(11, 2)));
        assertThat(last.get()).isEqualTo(Jobs.accepted(Jobs.jobs(21, 2)));
        assertFails(
                () -> {
                    throw tooLarge.exceptionNow();
                },
                Effect.NONE,
                "is full");
        assertThat(available()).isEqualTo(7);
        assertThat(stores.jobs().claim(Jobs.claim(100)).jobs()).isEqualTo(7);
    }

    /** Whoever pauses while a store is unhealthy makes no call that would show that it is well again. */
    @Test
    void healthComesBackWithoutACall() throws Exception {
        Session session = session();
        session.script("pragma max_page_count = " + (Integer.parseInt(session.pragma("page_count")) + 1));
        assertFails(() -> stores.jobs().enqueue(List.of(Jobs.large(100))), Effect.NONE, "is full");

        session.script("pragma max_page_count = 1000000");

        await().until(() -> stores.jobs().health().status() == Health.Status.HEALTHY);
    }

    // Not writable.

    @Test
    void aFileThatMayOnlyBeReadIsStillRead() throws Exception {
        Session session = session();
        session.script("pragma query_only = on");

        assertFails(() -> stores.jobs().enqueue(Jobs.jobs(11, 3)), Effect.NONE, "cannot be written");
        assertThat(available()).isEqualTo(3);

        session.script("pragma query_only = off");
        assertThat(stores.jobs().enqueue(Jobs.jobs(11, 3))).isEqualTo(Jobs.accepted(Jobs.jobs(11, 3)));
    }

    @Test
    void whatAnotherProgramHasLockedIsRefusedAfterAWhileAndStillRead() throws Exception {
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = other.createStatement()) {
            statement.execute("begin immediate");

            assertFails(() -> stores.jobs().enqueue(Jobs.jobs(11, 3)), Effect.NONE, "is locked by another program");
            assertThat(available()).isEqualTo(3);

            statement.execute("rollback");
        }
        assertThat(stores.jobs().enqueue(Jobs.jobs(11, 3))).isEqualTo(Jobs.accepted(Jobs.jobs(11, 3)));
        assertThat(stores.jobs().claim(Jobs.claim(10)).jobs()).isEqualTo(6);
    }

    // Damage.

    @Test
    void aDamagedPageIsNamedAndWhatIsElsewhereGoesOn() throws Exception {
        long page = Long.parseLong(rootOf("waiting"));
        stores.close();
        overwrite(page);
        stores = SqliteStores.open(SqliteConfig.of(file));

        NewJob later = Jobs.job(50, Jobs.job(50).payload(), Due.after(Duration.ofHours(1)));
        assertFails(() -> stores.jobs().enqueue(List.of(later)), Effect.NONE, "is damaged");

        assertThat(stores.jobs().enqueue(Jobs.jobs(11, 3))).isEqualTo(Jobs.accepted(Jobs.jobs(11, 3)));
        assertThat(stores.jobs().claim(Jobs.claim(10)).jobs()).isEqualTo(6);
    }

    @Test
    void aDamagedPageIsNamedToWhoReads() throws Exception {
        long page = Long.parseLong(rootOf("job"));
        stores.close();
        overwrite(page);
        stores = SqliteStores.open(SqliteConfig.of(file));

        assertFails(() -> inspect().find(TenantName.MAIN, Jobs.job(1).id()), Effect.NONE, "is damaged");
        assertThat(available()).isEqualTo(3);
    }

    @Test
    void aFileWhoseFirstPageIsDamagedIsNotOpened() throws Exception {
        stores.close();
        overwrite(1);

        assertFails(() -> SqliteStores.open(SqliteConfig.of(file)), Effect.NONE, "SQLite file " + file);
    }

    private String rootOf(String table) throws Exception {
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = other.createStatement()) {
            return statement
                    .executeQuery("select rootpage from sqlite_schema where name = '" + table + "'")
                    .getString(1);
        }
    }

    private void overwrite(long page) throws Exception {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            byte[] rubbish = new byte[4096];
            Arrays.fill(rubbish, (byte) 0xa5);
            bytes.seek((page - 1) * rubbish.length);
            bytes.write(rubbish);
        }
    }

    // A disk that fails: the system refuses to let the files of a process grow, which SQLite takes for a failure of the
    // disk.

    @Test
    void afterAFailureOfTheDiskNothingThatWasAcceptedIsLostAndTheStoreGoesOn() throws Exception {
        assumeThat(Path.of("/usr/bin/prlimit")).exists();
        stores.close();
        Process process = Victim.start(Victim.command(file));
        int accepted = 0;
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
                PrintWriter in = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true)) {
            assertThat(out.readLine()).isEqualTo("open");
            limitFiles(process, "1000000:unlimited");
            String answer = asked(in, out, 100);
            while (answer.startsWith("enqueued")) {
                accepted++;
                answer = asked(in, out, 100 + accepted);
            }
            assertThat(answer).startsWith("failed UNKNOWN").contains("cannot be read or written");
            assertThat(accepted).isPositive();

            limitFiles(process, "unlimited:unlimited");
            assertThat(asked(in, out, 100 + accepted)).isEqualTo("enqueued " + (100 + accepted));
            assertThat(asked(in, out, 101 + accepted)).isEqualTo("enqueued " + (101 + accepted));
        } finally {
            process.destroyForcibly().waitFor();
        }
        stores = SqliteStores.open(SqliteConfig.of(file));
        assertThat(available()).isEqualTo(3 + accepted + 2);
        assertThat(stores.jobs().claim(Jobs.claim(1_000)).jobs()).isEqualTo(3 + accepted + 2);
    }

    private static String asked(PrintWriter in, BufferedReader out, long id) throws Exception {
        in.println("enqueue " + id);
        return out.readLine();
    }

    private static void limitFiles(Process process, String limit) throws Exception {
        Process prlimit = new ProcessBuilder("/usr/bin/prlimit", "--pid", "" + process.pid(), "--fsize=" + limit)
                .redirectErrorStream(true)
                .start();
        assertThat(prlimit.waitFor())
                .as(new String(prlimit.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isZero();
    }

    /** Its writer goes on with what it has open; what was not stored before is gone with the file. */
    @Test
    void aFileThatIsDeletedUnderTheStoreDoesNotHangIt() throws Exception {
        Files.delete(file);

        assertThat(stores.jobs().claim(Jobs.claim(10)).jobs()).isEqualTo(3);
        stores.close();
        assertThat(stores.jobs().health().status()).isEqualTo(Health.Status.UNHEALTHY);
    }

    // Short forms.

    private Session session() {
        return stores.writer().call(0, Transaction::session).value();
    }

    private Inspect inspect() {
        return stores.jobs().feature(Inspect.class).orElseThrow();
    }

    private long available() {
        return inspect().counts(TenantName.MAIN).getOrDefault(JobState.AVAILABLE, 0L);
    }

    private void assertAccepted(NewJob job) {
        assertThat(stores.jobs().enqueue(List.of(job))).isEqualTo(Jobs.accepted(List.of(job)));
    }

    private static void assertFails(ThrowingCallable call, Effect effect, String why) {
        StoreException e = catchThrowableOfType(StoreException.class, call);
        assertThat(e).isNotNull().hasMessageContaining(why);
        assertThat(e.effect()).isEqualTo(effect);
    }
}
