package dev.leat.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What is said of a failure's effect. */
class DatabaseTest {
    private static Database open() {
        PostgresConfig config = TestDatabase.newest().fresh();
        return new Database(config, Statements.in(config.schema()));
    }

    /** As PostgreSQL says it when its disk is full: the statement fails, or the whole server while it commits. */
    @ParameterizedTest
    @CsvSource({
        "ERROR, 53100, NONE",
        "FATAL, 53100, UNKNOWN",
        "PANIC, 53100, UNKNOWN",
        "PANIC, XX000, UNKNOWN",
        "FATAL, 58030, UNKNOWN",
        "ERROR, XX000, NONE",
        "FATAL, 57P01, UNKNOWN",
        "PANIK, 53100, UNKNOWN",
        "FEHLER, 23514, NONE",
    })
    void onlyAnErrorOfAStatementIsKnownToHaveChangedNothing(String severity, String state, Effect effect) {
        try (Database database = open()) {
            StoreException failure = catchThrowableOfType(
                    StoreException.class,
                    () -> database.statement(connection -> {
                        throw new PSQLException(
                                new ServerErrorMessage("S" + severity + "\0C" + state + "\0Mno space left\0"));
                    }));

            assertThat(failure.effect()).isEqualTo(effect);
            assertThat(failure).hasMessageContaining("no space left");
        }
    }

    @Test
    void aSessionThatTheServerEndsDuringAStatementLeavesItsEffectUnknown() {
        try (Database database = open()) {
            StoreException failure = catchThrowableOfType(
                    StoreException.class,
                    () -> database.statement(connection -> {
                        try (var statement = connection.createStatement()) {
                            return statement.execute("select pg_terminate_backend(pg_backend_pid())");
                        }
                    }));

            assertThat(failure.effect()).isEqualTo(Effect.UNKNOWN);
        }
    }

    @Test
    void aStatementThatTakesLongIsCutOnceThereIsAHurry() {
        try (Database database = open()) {
            database.hurry();
            StoreException failure = catchThrowableOfType(
                    StoreException.class,
                    () -> database.statement(connection -> {
                        try (var statement = connection.createStatement()) {
                            return statement.execute("select pg_sleep(50)");
                        }
                    }));

            assertThat(failure.effect()).isEqualTo(Effect.UNKNOWN);
        }
    }
}
