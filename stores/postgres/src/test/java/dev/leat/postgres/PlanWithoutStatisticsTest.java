package dev.leat.postgres;

class PlanWithoutStatisticsTest extends PlanTest {
    @Override
    int jobs() {
        return 30_000;
    }

    @Override
    Statistics statistics() {
        return Statistics.NONE;
    }
}
