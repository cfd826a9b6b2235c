package dev.leat.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Callers that wait no longer for a writer that stands still. */
@Timeout(60)
class GivenUpTest {
    @TempDir
    Path directory;

    @Test
    void aCallThatWasNotBegunIsTakenBackAndNeverRun() throws Exception {
        Database database = new Database(directory.resolve("leat.db"));
        Session session = database.writer();
        database.migrate(session);
        StoreTime time = new StoreTime(SqliteConfig.of(database.file()).clock());
        Writer writer = new Writer(
                database,
                session,
                time,
                new Lanes(),
                Duration.ofMillis(20),
                new WriteAheadLog(database.file(), WriteAheadLog.MOST));
        writer.start();
        CountDownLatch released = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        Writer.Work<Integer> stand = tx -> {
            try {
                released.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return runs.incrementAndGet();
        };
        try {
            while (refused(writer, stand).effect() == Effect.NONE) {
                // The writer was not quick enough to begin it.
            }
            for (int i = 0; i < 10; i++) {
                assertThat(refused(writer, tx -> runs.addAndGet(100)).effect()).isEqualTo(Effect.NONE);
                assertThat(writer.waiting()).isZero();
            }
        } finally {
            released.countDown();
            writer.close();
        }
        assertThat(runs).hasValue(1);
    }

    private static StoreException refused(Writer writer, Writer.Work<Integer> work) {
        return catchThrowableOfType(StoreException.class, () -> writer.call(0, work));
    }
}
