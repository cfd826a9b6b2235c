package dev.leat.postgres;

class Postgres14TransactionalTest extends PostgresTransactionalTest {
    @Override
    TestDatabase database() {
        return TestDatabase.oldest();
    }
}
