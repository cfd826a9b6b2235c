package dev.leat.postgres;

class Postgres14PruningTest extends PruningTest {
    @Override
    TestDatabase database() {
        return TestDatabase.oldestThatNeverWaitsForTheDisk();
    }
}
