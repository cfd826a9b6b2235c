package dev.leat.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.Payload;
import dev.leat.api.store.Failure;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobHead;
import dev.leat.api.store.JobQuery;
import dev.leat.api.store.Lease;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settlement;
import dev.leat.testkit.StoreClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A list costs the same whatever jobs carry: told by columns that are gone, never by a stopwatch. */
class HeadsTest {
    @Test
    void aListReadsNoColumnThatAJobMayFillWithMuch() {
        TestDatabase server = TestDatabase.newest();
        try (Fixture fixture = new Fixture(server)) {
            var store = fixture.emptied(new StoreClock()).jobs();
            store.enqueue(Jobs.scattered(5));
            List<Outcome> outcomes = List.of(
                    new Outcome.Completed(Payload.json("1")),
                    new Outcome.Discard(new Failure("no use", "a long trace")),
                    new Outcome.Retry(Duration.ofHours(1), new Failure("not yet", "a long trace")));
            for (Outcome outcome : outcomes) {
                Lease lease = store.claim(Jobs.claim(1)).leases().getFirst();
                store.settle(List.of(
                        new Settlement(lease.id(), lease.claims().getFirst().job(), outcome)));
            }
            store.claim(Jobs.claim(1));
            Inspect inspect = store.feature(Inspect.class).orElseThrow();
            JobQuery query = JobQuery.of(Jobs.LANE.tenant(), Jobs.LANE.queue());
            List<JobHead> before = inspect.list(query);

            for (String column : List.of("job.payload", "job.sha256", "done.result", "done.detail", "attempt.detail")) {
                String[] parts = column.split("\\.", -1);
                server.execute("alter table %s drop column %s cascade".formatted(fixture.of(parts[0]), parts[1]));
            }

            assertThat(inspect.list(query)).isEqualTo(before).hasSize(5);
        }
    }
}
