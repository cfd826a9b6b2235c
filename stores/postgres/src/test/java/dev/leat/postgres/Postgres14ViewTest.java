package dev.leat.postgres;

class Postgres14ViewTest extends ViewTest {
    @Override
    TestDatabase database() {
        return TestDatabase.oldest();
    }
}
