package dev.leat.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.store.Claim;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.Turn;
import dev.leat.testkit.StoreClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls of which one statement does its work and the next one fails. */
class HalfDoneTest {
    private final StoreClock clock = new StoreClock();
    private final TestDatabase database = TestDatabase.newest();
    private Fixture fixture;
    private JobStore store;

    @BeforeEach
    void open() {
        fixture = new Fixture(database);
        store = fixture.emptied(clock).jobs();
    }

    @AfterEach
    void close() {
        fixture.close();
        database.execute("drop schema %s cascade".formatted(fixture.config().schema()));
    }

    /** Of the jobs there is one that has been settled, and suspects, for which there is a statement of its own. */
    @Test
    void aClaimThatFailsBehindASettlementIsOfUnknownEffect() {
        store.enqueue(List.of(Jobs.job(1), Jobs.job(3)));
        store.claim(Jobs.claim(1));
        clock.advance(Duration.ofHours(2));
        assertThat(store.reclaim(10).total()).isEqualTo(1);
        List<Settlement> settlements = completed(store.claim(Jobs.claim(1)).leases());
        try (PostgresStores failing = fixture.running(failing("claim_suspects"))) {
            ClaimRequest request = new ClaimRequest(
                    UUID.randomUUID(), 1, List.of(Jobs.LANE), 10, Long.MAX_VALUE, Duration.ofHours(1), true);
            StoreException told = catchThrowableOfType(
                    StoreException.class, () -> failing.jobs().settleAndClaim(settlements, request));

            assertThat(told.effect()).isEqualTo(Effect.UNKNOWN);
        }
        assertThat(store.settle(settlements)).noneMatch(Settled::accepted);
        assertThat(database.number("select count(*) from " + fixture.of("done")))
                .isEqualTo(1);
    }

    /** A large turn is two calls at once. */
    @Test
    void aClaimThatFailsBesideASettlementLeavesThatDone() {
        List<Settlement> settlements = completed(claimed(300));
        ClaimRequest request = Jobs.claim(300);
        try (PostgresStores failing = fixture.running(failing("claim"))) {
            assertUnknown(failing, settlements, request);
        }
        assertThat(database.number("select count(*) from " + fixture.of("done")))
                .isEqualTo(300);

        Turn again = store.settleAndClaim(settlements, request);

        assertThat(again.settled()).hasSize(300).noneMatch(Settled::accepted);
        assertThat(again.claimed().jobs()).isEqualTo(300);
    }

    @Test
    void aSettlementThatFailsBesideAClaimLosesNoLease() {
        List<Settlement> settlements = completed(claimed(300));
        ClaimRequest request = Jobs.claim(300);
        try (PostgresStores failing = fixture.running(failing("settle_completed"))) {
            assertUnknown(failing, settlements, request);
        }
        String leases = "select count(*) from " + fixture.of("lease");
        long handedOut = database.number(leases);
        assertThat(handedOut).isGreaterThan(2);

        Turn again = store.settleAndClaim(settlements, request);

        assertThat(again.settled()).hasSize(300).allMatch(Settled::accepted);
        assertThat(again.claimed().jobs()).isEqualTo(300);
        assertThat(database.number(leases)).isEqualTo(again.claimed().leases().size());
    }

    private List<Lease> claimed(int jobs) {
        store.enqueue(LongStream.rangeClosed(1, 2L * jobs).mapToObj(Jobs::job).toList());
        List<Lease> leases = store.claim(Jobs.claim(jobs)).leases();
        assertThat(leases).flatExtracting(Lease::claims).hasSize(jobs);
        return leases;
    }

    private static void assertUnknown(PostgresStores failing, List<Settlement> settlements, ClaimRequest request) {
        StoreException told =
                catchThrowableOfType(StoreException.class, () -> failing.jobs().settleAndClaim(settlements, request));
        assertThat(told.effect()).isEqualTo(Effect.UNKNOWN);
        assertThat(told).hasMessageContaining("division by zero");
    }

    /** Whose changes are not the store's own: it updates no row of these tables. */
    @Test
    void aBlockThatIsChangedByHandJustBeforeItIsLockedIsNotHandedOutTwice() throws Exception {
        store.enqueue(List.of(Jobs.job(1)));
        Statements slow = Fixture.planted(
                Statements.in(fixture.config().schema()),
                "claim",
                text -> text.replace(
                        "select b.*\n  from wanted w,",
                        "select b.*\n  from (select w.* from wanted w, pg_sleep(2)) w,"));
        try (PostgresStores sleeping = fixture.running(slow)) {
            CompletableFuture<Claimed> claim =
                    CompletableFuture.supplyAsync(() -> sleeping.jobs().claim(Jobs.claim(1)));
            while (database.number("select count(*) from pg_stat_activity where wait_event = 'PgSleep'") == 0) {
                assertThat(claim).isNotDone();
            }
            database.execute("update %s set size = size + 1".formatted(fixture.of("ready")));

            assertThatThrownBy(claim::join).hasRootCauseMessage("ERROR: division by zero");
        }
        assertThat(database.number("select count(*) from " + fixture.of("lease")))
                .isZero();
        assertThat(store.claim(Jobs.claim(2)).jobs()).isEqualTo(1);
    }

    @Test
    void oneOfFewBlocksThatIsChangedByHandIsNotHandedOutTwice() {
        fixture.plant(
                "claim_few",
                text -> text.replace(
                        "loop\n      n_blocks :=",
                        "loop\n      update %s set size = size + 1;\n      n_blocks :="
                                .formatted(fixture.of("ready"))));
        store.enqueue(List.of(Jobs.job(1)));

        assertThatThrownBy(() -> store.claim(Jobs.claim(1))).hasMessageContaining("was changed while it was locked");
    }

    @Test
    void whatCannotBeAddedUpKeepsNoLeaseFromBeingReclaimed() throws IOException {
        store.enqueue(List.of(Jobs.job(1)));
        store.claim(Jobs.claim(1));
        clock.advance(Duration.ofHours(2));
        // Where all tests of this JVM log.
        Path log = Path.of(System.getProperty("org.slf4j.simpleLogger.logFile"));
        int before = Files.readString(log).length();
        try (PostgresStores failing = fixture.running(failing("add_up"))) {
            assertThat(failing.jobs().reclaim(10).total()).isEqualTo(1);
        }
        assertThat(Files.readString(log).substring(before)).contains("was not added up", "division by zero");
    }

    private Statements failing(String name) {
        return Fixture.planted(
                Statements.in(fixture.config().schema()),
                name,
                text -> text.replaceFirst("(?m)^with$", "with failing as materialized (select 1 / 0 x),")
                        + (text.contains("\nselect lid, took from held where ") ? " and" : " where")
                        + " (select x from failing) > 0");
    }

    private static List<Settlement> completed(List<Lease> leases) {
        return leases.stream()
                .flatMap(lease -> lease.claims().stream()
                        .map(Claim::job)
                        .map(job -> new Settlement(lease.id(), job, new Outcome.Completed(null))))
                .toList();
    }
}
