package dev.leat.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.ContentType;
import dev.leat.api.Payload;
import dev.leat.api.control.Change;
import dev.leat.api.control.RecordKey;
import dev.leat.api.store.Failure;
import dev.leat.api.store.Lease;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every SQL on the page of this store runs as it stands there, and says of a job what the page says. */
class PageTest {
    private static final Path PAGE = Path.of("../../docs/stores/postgres.md");
    private static final Pattern SQL = Pattern.compile("(?m)^```sql\n(.*?)^```", Pattern.DOTALL);
    private static final String LIFE = "## A job's life in SQL";
    private static final TestDatabase DATABASE = TestDatabase.own();

    private final Deque<String> life = new ArrayDeque<>();

    @Test
    void everyExampleRunsAndFindsTheJobWhereThePageSaysThatItIs() throws IOException {
        String page = Files.readString(PAGE);
        PostgresConfig config = DATABASE.fresh().withSchema("leat");
        DATABASE.execute("create role app login");
        try (PostgresStores stores = PostgresStores.open(config)) {
            for (String sql : blocks(page.substring(0, page.indexOf(LIFE)))) {
                DATABASE.execute(sql);
            }
            life.addAll(blocks(page.substring(page.indexOf(LIFE))));

            stores.control()
                    .write(
                            List.of(new Change.Put(
                                    new RecordKey("nodes", "1"),
                                    Change.ABSENT,
                                    "{\"status\": \"running\", \"last_seen\": \"2026-01-01T00:00:00Z\"}")),
                            null);
            stores.jobs().enqueue(List.of(Jobs.job(1)));
            assertThat(next()).contains("default", "mail", "{\"to\":1}");
            assertThat(next()).startsWith("1", "1").endsWith("0");
            Lease first = claimed(stores);
            assertThat(next()).contains("{[1,2)}", "1", "f");
            assertThat(next()).contains("running");
            settle(stores, first, new Outcome.Retry(Duration.ofMillis(1), new Failure("no answer", "")));
            assertThat(next()).startsWith("1", "1", "no answer").endsWith("t");
            while (stores.jobs().promote(1).total() == 0) {
                Thread.onSpinWait();
            }
            assertThat(next()).containsExactly("1", "0");
            settle(
                    stores,
                    claimed(stores),
                    new Outcome.Completed(Payload.of("42".getBytes(StandardCharsets.UTF_8), ContentType.JSON)));
            assertThat(next()).startsWith("1", "2").contains("42");
            assertThat(next()).startsWith("completed", "2");
            assertThat(rows()).isEmpty();
            assertThat(next()).contains("no answer", "1");
            assertThat(life).isEmpty();
        }
    }

    private static List<String> blocks(String page) {
        return SQL.matcher(page)
                .results()
                .map(MatchResult::group)
                .map(PageTest::bare)
                .toList();
    }

    private static String bare(String block) {
        return block.replace("```sql\n", "").replace("```", "");
    }

    private List<List<String>> rows() {
        return DATABASE.rows(life.remove());
    }

    /** The row of the next example, which has just one. */
    private List<String> next() {
        List<List<String>> rows = rows();
        assertThat(rows).hasSize(1);
        return rows.getFirst();
    }

    private static Lease claimed(PostgresStores stores) {
        return stores.jobs().claim(Jobs.claim(1)).leases().getFirst();
    }

    private static void settle(PostgresStores stores, Lease lease, Outcome outcome) {
        assertThat(stores.jobs()
                        .settle(List.of(new Settlement(
                                lease.id(), lease.claims().getFirst().job(), outcome))))
                .allMatch(Settled::accepted);
    }
}
