package dev.leat.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.store.Amendment;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Due;
import dev.leat.api.store.Failure;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.UniqueKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
    private static final Lane LANE = new Lane(TenantName.MAIN, QueueName.DEFAULT, new KindName("k"));

    private static void refused(String field, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(InvalidValueException.class, e -> {
            assertThat(e.field()).isEqualTo(field);
            assertThat(e.code()).isNotBlank();
            assertThat(e.allowed()).isNotBlank();
            assertThat(e.getMessage()).contains(field).contains("allowed: ").doesNotContain("\0");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "A", "-a", ".a", "_a", "a b", "a/b", "a\0", "\ud800", "ä", "a\n", "a'--", "١", "a:b", "a{b}"
            })
    void whatIsNoNameIsRefused(String text) {
        refused("queue", () -> new QueueName(text));
        refused("kind", () -> new KindName(text));
        refused("tenant", () -> new TenantName(text));
    }

    @Test
    void namesHaveUpToSixtyThreeCharacters() {
        assertThat(new QueueName("9" + "z".repeat(62)).value()).hasSize(63);
        refused("queue", () -> new QueueName("z".repeat(64)));
        assertThat(new KindName("mail.welcome-2_x").toString()).isEqualTo("mail.welcome-2_x");
    }

    @Test
    void aHugeNameIsNotRepeatedInTheMessage() {
        assertThatThrownBy(() -> new QueueName("x".repeat(1_000_000)))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    }

    @Test
    void aDigestIsThatOfAllThatWasAdded() {
        assertThat(new Sha256().add(new byte[] {'a'}).add(new byte[] {'b', 'c'}).hex())
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(new Sha256().bytes()).hasSize(32);
    }

    @Test
    void idsAreShownAndReadBackAndSortAlike() {
        Random random = new Random(1);
        JobId before = new JobId(1);
        for (int i = 0; i < 10_000; i++) {
            JobId id = new JobId(1 + random.nextLong(Long.MAX_VALUE - 1));
            assertThat(JobId.parse(id.toString())).isEqualTo(id);
            assertThat(id.toString()).hasSize(13);
            assertThat(Integer.signum(id.compareTo(before)))
                    .isEqualTo(Integer.signum(id.toString().compareTo(before.toString())));
            before = id;
        }
    }

    @Test
    void anIdTellsItsParts() {
        JobId id = JobId.of(92_275_200, 2_047, 1_048_575);

        assertThat(id.second()).isEqualTo(92_275_200);
        assertThat(id.node()).isEqualTo(2_047);
        assertThat(id.counter()).isEqualTo(1_048_575);
        assertThat(id.madeAt()).isEqualTo(Instant.parse("2026-12-04T00:00:00Z"));
        assertThat(id.plus(1)).isEqualTo(JobId.of(92_275_201, 0, 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "0000000000000",
                "8000000000000",
                "zzzzzzzzzzzzz",
                "000000000000i",
                "00000000000001",
                "../..",
                "000000000000%"
            })
    void whatIsNoIdIsRefused(String text) {
        refused("id", () -> JobId.parse(text));
    }

    @Test
    void numbersOutOfRangeAreRefused() {
        refused("id", () -> new JobId(0));
        refused("id", () -> new JobId(-1));
        refused("id", () -> new JobId(Long.MAX_VALUE));
        for (int priority : new int[] {-1, 10, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            refused("priority", () -> job(priority, 1, Due.now()));
            refused("priority", () -> new Amendment.Reprioritise(priority));
        }
        for (int attempts : new int[] {0, -1, 1_001, Integer.MAX_VALUE}) {
            refused("max_attempts", () -> job(0, attempts, Due.now()));
        }
        refused("delay", () -> Due.after(Duration.ofNanos(-1)));
        refused("delay", () -> Due.after(Duration.ofDays(3650).plusNanos(1)));
        refused("due", () -> Due.at(Instant.MAX));
        refused("due", () -> Due.at(Instant.MIN));
        refused("max_jobs", () -> claim(0, 1, Duration.ofSeconds(1)));
        refused("max_bytes", () -> claim(1, 0, Duration.ofSeconds(1)));
        refused("lease", () -> claim(1, 1, Duration.ofMillis(99)));
    }

    @Test
    void uniqueKeysAreWhatAnyStoreCanKeep() {
        assertThat(UniqueKey.untilEnded("\ud83d\ude00".repeat(256)).text()).hasSize(512);
        for (String text : List.of("", "x".repeat(257), "a\0b", "a\ud800b", "\udc00", "x\udbff")) {
            refused("unique_key", () -> UniqueKey.untilEnded(text));
            refused("unique_key", () -> UniqueKey.within(Duration.ofHours(1), text));
        }
        for (Duration window : List.of(
                Duration.ZERO,
                Duration.ofMillis(999),
                Duration.ofSeconds(-5),
                Duration.ofDays(365).plusNanos(1))) {
            refused("unique_window", () -> UniqueKey.within(window, "k"));
        }
    }

    private static NewJob job(int priority, int attempts, Due due) {
        return new NewJob(new JobId(1), 0, LANE, Payload.json("1"), priority, attempts, due);
    }

    private static ClaimRequest claim(int jobs, long bytes, Duration lease) {
        return new ClaimRequest(UUID.randomUUID(), 1, List.of(LANE), jobs, bytes, lease, false);
    }

    @Test
    void payloadsHaveUpToTwoHundredFiftySixKibibytes() {
        assertThat(Payload.of(new byte[262_144], ContentType.BYTES).size()).isEqualTo(262_144);
        refused("payload", () -> Payload.of(new byte[262_145], ContentType.BYTES));
        refused("result", () -> Payload.of("result", new byte[262_145], ContentType.BYTES));
    }

    @Test
    void payloadsKeepTheirSecrets() {
        assertThat(Payload.json("\"hunter2\"").toString()).doesNotContain("hunter2");
    }

    @Test
    void failuresHoldOnlyWhatAnyStoreCanKeep() {
        Failure failure = new Failure("a\0b\ud800c\ud83d\ude00", "x".repeat(20_000));

        assertThat(failure.message()).isEqualTo("a\ufffdb\ufffdc\ud83d\ude00");
        assertThat(failure.detail()).hasSize(Failure.DETAIL_CHARS);
        assertThat(new Failure("x".repeat(999) + "\ud83d\ude00", "").message()).hasSize(999);
        refused("message", () -> Failure.of(""));
    }
}
