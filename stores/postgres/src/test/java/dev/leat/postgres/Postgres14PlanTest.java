package dev.leat.postgres;

class Postgres14PlanTest extends PlanTest {
    @Override
    TestDatabase server() {
        return TestDatabase.oldest();
    }
}
