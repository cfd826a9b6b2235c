package dev.leat.postgres;

class Postgres14ViewTest extends ViewTest {
    @Override
    int verbs() {
        return 1_000;
    }

    @Override
    TestDatabase database() {
        return TestDatabase.oldestThatNeverWaitsForTheDisk();
    }
}
