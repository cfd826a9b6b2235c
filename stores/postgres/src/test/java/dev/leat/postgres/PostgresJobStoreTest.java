package dev.leat.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.store.JobStore;
import dev.leat.testkit.JobStoreContract;
import dev.leat.testkit.StoreClock;
import org.junit.jupiter.api.AfterEach;

class PostgresJobStoreTest extends JobStoreContract {
    TestDatabase database() {
        return TestDatabase.newest();
    }

    @Override
    protected JobStore open(StoreClock clock) {
        return database().contract().emptied(clock).jobs();
    }

    @Override
    protected JobStore openAnother(StoreClock clock) {
        return database().contract().another().jobs();
    }

    /** A claim finds the blocks that it locked again by their ctid, which an update would change. */
    @AfterEach
    void readyRowsWereNeverUpdated() {
        assertThat(database().contract().updatesOf("ready")).isZero();
    }
}
