package dev.leat.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How long the log gets. */
@Timeout(120)
class WriteAheadLogTest {
    private static final long MOST = 4L << 20;
    private static final int PAYLOAD = 100_000;
    private static final int WRITES = 200;

    @TempDir
    Path directory;

    private final AtomicBoolean ended = new AtomicBoolean();

    /** Two that read in turns, each from before the other ends until after it has begun again. */
    @Test
    void readersThatOverlapDoNotMakeItGrowForEver() throws Exception {
        Database database = new Database(directory.resolve("leat.db"));
        Path log = directory.resolve("leat.db-wal");
        Session session = database.writer();
        database.migrate(session);
        StoreTime time = new StoreTime(SqliteConfig.of(database.file()).clock());
        Writer writer = new Writer(
                database, session, time, new Lanes(), Writer.PATIENCE, new WriteAheadLog(database.file(), MOST));
        writer.start();
        Phaser turns = new Phaser(2);
        List<Thread> readers = IntStream.range(0, 2)
                .mapToObj(i -> Thread.ofPlatform().start(() -> read(database, turns, i)))
                .toList();
        long longest = 0;
        try {
            for (int i = 0; i < WRITES; i++) {
                long id = 1L + i;
                writer.call(PAYLOAD, tx -> new Enqueuer(tx).enqueue(List.of(Jobs.large(id))));
                longest = Math.max(longest, Files.size(log));
            }
        } finally {
            ended.set(true);
            for (Thread reader : readers) {
                reader.join();
            }
            writer.close();
        }
        assertThat(longest).isBetween(MOST, (long) WRITES * PAYLOAD / 2);
    }

    private void read(Database database, Phaser turns, int number) {
        try (Session session = database.reader()) {
            if (number == 1) {
                begin(session);
            }
            while (!ended.get()) {
                // The one begins, and then the other, which has read since before, ends and is the next to begin.
                if (turns.getPhase() % 2 == number) {
                    begin(session);
                    turns.arriveAndAwaitAdvance();
                } else {
                    turns.arriveAndAwaitAdvance();
                    session.execute("rollback");
                }
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            turns.arriveAndDeregister();
        }
    }

    private static void begin(Session session) throws Exception {
        session.execute("begin");
        session.query("health").first(row -> row.getString("version"));
    }
}
