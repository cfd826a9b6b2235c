package dev.leat.postgres;

import dev.leat.api.store.JobStore;
import dev.leat.testkit.JobStoreContract;
import dev.leat.testkit.StoreClock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresJobStoreTest extends JobStoreContract {
    private Fixture fixture;

    TestDatabase database() {
        return TestDatabase.newest();
    }

    @BeforeAll
    void openFixture() {
        fixture = new Fixture(database());
    }

    @AfterAll
    void closeFixture() {
        fixture.close();
    }

    @Override
    protected JobStore open(StoreClock clock) {
        return fixture.emptied(clock).jobs();
    }

    @Override
    protected JobStore openAnother(StoreClock clock) {
        return fixture.another().jobs();
    }
}
