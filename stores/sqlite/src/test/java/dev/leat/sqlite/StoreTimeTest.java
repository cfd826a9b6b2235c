package dev.leat.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.store.Due;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store's time never runs backwards, whatever its clock does, and never stands still for long. */
class StoreTimeTest {
    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    Path directory;

    private Instant clock = NOON;
    private final InstantSource source = () -> clock;

    @Test
    void timeIsTheClocks() {
        StoreTime time = new StoreTime(source);
        assertThat(now(time)).isEqualTo(NOON);

        clock = NOON.plus(HOUR);
        assertThat(now(time)).isEqualTo(NOON.plus(HOUR));
    }

    @Test
    void afterTheClockWasSetBackTimeGoesOnAtHalfItsPaceUntilTheyAgree() {
        StoreTime time = new StoreTime(source);
        clock = NOON.minus(HOUR);
        assertThat(now(time)).isEqualTo(NOON);

        for (int minute = 1; minute <= 60; minute++) {
            clock = clock.plusSeconds(60);
            assertThat(now(time)).isEqualTo(NOON.plusSeconds(30L * minute));
        }
        clock = clock.plus(HOUR);
        assertThat(now(time)).isEqualTo(clock);
        clock = clock.plusSeconds(60);
        assertThat(now(time)).isEqualTo(clock);
    }

    @Test
    void halvesOfTheShortestStepsAreNotLost() {
        StoreTime time = new StoreTime(source);
        clock = NOON.minus(HOUR);
        assertThat(now(time)).isEqualTo(NOON);
        for (int i = 0; i < 1_000; i++) {
            clock = clock.plusNanos(1_000);
            time.now();
        }
        assertThat(now(time)).isEqualTo(NOON.plusNanos(500_000));
    }

    @Test
    void dueTimesAreNeverEarly() {
        assertThat(StoreTime.micros(Duration.ofNanos(1_001))).isEqualTo(2);
        assertThat(StoreTime.microsNotBefore(Instant.EPOCH.plusNanos(1))).isEqualTo(1);
        assertThat(StoreTime.microsNotBefore(Instant.EPOCH.plusNanos(2_000))).isEqualTo(2);
        Instant last = Instant.parse("9999-12-31T23:59:59Z");
        assertThat(StoreTime.instant(StoreTime.microsNotBefore(last))).isEqualTo(last);
        Instant early = Instant.parse("1969-12-31T23:59:59.999999Z");
        assertThat(StoreTime.instant(StoreTime.micros(early))).isEqualTo(early);
    }

    @Test
    void aClockThatWasSetBackBetweenTwoLivesEndsNoLeaseTwiceAndReusesNoToken() {
        SqliteConfig config = SqliteConfig.of(directory.resolve("leat.db")).withClock(source);
        Lease before;
        try (SqliteStores stores = SqliteStores.open(config)) {
            stores.jobs().enqueue(Jobs.jobs(1, 2));
            before = stores.jobs().claim(Jobs.claim(1)).leases().getFirst();
            stores.jobs().enqueue(List.of(Jobs.job(5, Jobs.job(5).payload(), Due.after(HOUR))));
        }
        clock = NOON.minus(HOUR.multipliedBy(10));
        try (SqliteStores stores = SqliteStores.open(config)) {
            JobStore jobs = stores.jobs();
            assertThat(jobs.time()).isEqualTo(NOON);
            Lease after = jobs.claim(Jobs.claim(1)).leases().getFirst();
            assertThat(after.id()).isGreaterThan(before.id());
            assertThat(after.expiresAt()).isEqualTo(before.expiresAt());

            clock = clock.plus(HOUR.multipliedBy(2).minusSeconds(10));
            assertThat(jobs.promote(10).total()).isZero();
            assertThat(jobs.reclaim(10).total()).isZero();
            clock = clock.plusSeconds(20);
            assertThat(jobs.promote(10).total()).isEqualTo(1);
            assertThat(jobs.reclaim(10).total()).isEqualTo(2);
        }
    }

    private static Instant now(StoreTime time) {
        return StoreTime.instant(time.now());
    }
}
