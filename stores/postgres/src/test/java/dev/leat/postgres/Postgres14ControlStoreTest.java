package dev.leat.postgres;

class Postgres14ControlStoreTest extends PostgresControlStoreTest {
    @Override
    TestDatabase database() {
        return TestDatabase.oldest();
    }
}
