package dev.leat.postgres;

class Postgres14PlanTest extends PlanTest {
    @Override
    int jobs() {
        return 30_000;
    }

    @Override
    TestDatabase server() {
        return TestDatabase.oldestThatNeverWaitsForTheDisk();
    }
}
