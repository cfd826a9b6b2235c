package dev.leat.engine.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.InvalidValueException;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.store.JobRecord;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The kinds {@code sleep} and {@code fail}, and what holds for all that Leat brings along. */
@Timeout(60)
class TryOutKindsTest {
    @Test
    void aSleepCompletesWhenItsTimeIsOver() {
        try (KindsRig rig = KindsRig.of("")) {
            JobRecord job = rig.attempted("sleep", "{\"millis\": 20}");
            assertThat(KindsRig.result(job)).isEqualTo("{\"sleptMillis\":20}");
            assertThat(Duration.between(job.startedAt(), job.finishedAt()))
                    .isGreaterThanOrEqualTo(Duration.ofMillis(20));
        }
    }

    @Test
    void aSleepIsInterruptedWhenTheWorkerCloses() {
        KindsRig rig = KindsRig.of("");
        JobId id = rig.enqueue("sleep", "{\"millis\": 3600000}");
        rig.await(id, JobState.RUNNING);
        rig.close();
        assertThat(rig.find(id).state()).isEqualTo(JobState.AVAILABLE);
        assertThat(rig.find(id).attempt()).isZero();
    }

    @Test
    void aFailureFailsItsFirstAttemptsAndThenCompletes() {
        try (KindsRig rig = KindsRig.of("")) {
            JobRecord job = rig.attempted("fail", "{\"message\": \"on purpose\", \"attempts\": 2}");
            assertThat(job.state()).isEqualTo(JobState.RETRYABLE);
            assertThat(KindsRig.failure(job)).isEqualTo("on purpose");
            rig.clock.advance(Duration.ofSeconds(1));
            rig.await(job.id(), JobState.COMPLETED);
            assertThat(rig.find(job.id()).attempt()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        sleep | {"millis": -1}       | payload: millis is -1; allowed: a whole number from 0 to 3600000
        sleep | {"millis": 3600001}  | payload: millis is 3600001; allowed: a whole number from 0 to 3600000
        sleep | {}                   | payload: millis is missing; allowed: a whole number from 0 to 3600000
        fail  | {}                   | payload: message is missing; allowed: a text of 1 to 1000 characters
        fail  | {"message": "x", "attempts": 0} | payload: attempts is 0; allowed: a whole number from 1 to 1000
        """)
    void aPayloadThatIsNotAllowedDiscardsItsJob(String kind, String json, String reason) {
        try (KindsRig rig = KindsRig.of("")) {
            JobRecord job = rig.attempted(kind, json);
            assertThat(job.state()).isEqualTo(JobState.DISCARDED);
            assertThat(KindsRig.failure(job)).isEqualTo(reason);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        sleep | {"millis": "5"}
        sleep | []
        sleep | null
        sleep | {"millis": 1
        http  | {"url": 5}
        http  | {"url": "http://a.example/", "headers": []}
        """)
    void aPayloadThatCannotBeReadDiscardsItsJob(String kind, String json) {
        try (KindsRig rig = KindsRig.of("")) {
            JobRecord job = rig.attempted(kind, json);
            assertThat(job.state()).isEqualTo(JobState.DISCARDED);
            assertThat(KindsRig.failure(job)).startsWith("payload: ");
        }
    }

    @Test
    void whatIsNotEnabledIsNotThere() {
        try (KindsRig rig = KindsRig.of("{exec: {enabled: false}, fail: {enabled: false}}")) {
            assertThatThrownBy(() -> rig.enqueue("exec", "{}"))
                    .isInstanceOf(InvalidValueException.class)
                    .hasMessageEndingWith("allowed: http, sleep");
        }
    }

    @Test
    void whoEnqueuesWithATypeIsRefusedAtOnceAndRunsTheSame() {
        assertThatThrownBy(() -> new Sleep(-1L)).isInstanceOf(InvalidValueException.class);
        try (KindsRig rig = KindsRig.of("")) {
            JobId id = rig.enqueue(BuiltinKinds.SLEEP, new Sleep(0L));
            rig.await(id, JobState.COMPLETED);
        }
    }
}
