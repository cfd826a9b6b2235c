package dev.leat.engine.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.InvalidValueException;
import dev.leat.api.QueueName;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobKindTest {
    private static final String NAMES =
            "1 to 63 characters of a-z, 0-9, '.', '_' and '-', the first a letter or a digit";

    private static final JobKind<String> KIND = JobKind.of("mail.send", String.class);

    @Test
    void aKindSaysWhatItsJobsAreUnlessToldOtherwise() {
        assertThat(KIND.queue()).isEqualTo(QueueName.DEFAULT);
        assertThat(KIND.priority()).isEqualTo(4);
        assertThat(KIND.maxAttempts()).isEqualTo(25);
        assertThat(KIND.retry()).isEqualTo(RetryPolicy.DEFAULT);
        RetryPolicy policy = RetryPolicy.fixed(Duration.ZERO);
        JobKind<String> other =
                KIND.in("post").withPriority(0).withMaxAttempts(1_000).withRetry(policy);
        assertThat(other).isEqualTo(new JobKind<>(KIND.name(), String.class, new QueueName("post"), 0, 1_000, policy));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Mail",
                "mail send",
                "mail\u0000",
                "\u0000",
                "mail\ud800",
                "\udfffmail",
                "é",
                "m\u0430il",
                ".mail",
                "-mail",
                "_mail",
                "mail/send",
                "mail\n",
                "\ufeffmail",
                "../mail",
                "a234567890123456789012345678901234567890123456789012345678901234"
            })
    void aNameThatIsNoneIsRefusedWithWhatIsAllowed(String name) {
        assertThatThrownBy(() -> JobKind.of(name, String.class))
                .isInstanceOfSatisfying(InvalidValueException.class, e -> {
                    assertThat(e.field()).isEqualTo("kind");
                    assertThat(e.code()).isEqualTo("NAME_INVALID");
                    assertThat(e.allowed()).isEqualTo(NAMES);
                    assertThat(e.getMessage()).matches("[\\x20-\\x7e]+");
                });
        assertThatThrownBy(() -> KIND.in(name))
                .isInstanceOfSatisfying(
                        InvalidValueException.class, e -> assertThat(e.field()).isEqualTo("queue"));
    }

    @Test
    void theLongestNameIsAllowed() {
        String longest = "a".repeat(63);
        assertThat(JobKind.of(longest, String.class).name().value()).isEqualTo(longest);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 10, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void aPriorityOutOfRangeIsRefused(int priority) {
        assertThatThrownBy(() -> KIND.withPriority(priority)).isInstanceOfSatisfying(InvalidValueException.class, e -> {
            assertThat(e.field()).isEqualTo("priority");
            assertThat(e.allowed()).isEqualTo("a whole number from 0 to 9");
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1_001, Integer.MAX_VALUE})
    void attemptsOutOfRangeAreRefused(int attempts) {
        assertThatThrownBy(() -> KIND.withMaxAttempts(attempts))
                .isInstanceOfSatisfying(InvalidValueException.class, e -> {
                    assertThat(e.field()).isEqualTo("max_attempts");
                    assertThat(e.allowed()).isEqualTo("a whole number from 1 to 1000");
                });
    }
}
