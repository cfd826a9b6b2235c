package dev.leat.postgres;

class Postgres14JobStoreTest extends PostgresJobStoreTest {
    @Override
    TestDatabase database() {
        return TestDatabase.oldest();
    }
}
