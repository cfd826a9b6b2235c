package dev.leat.postgres;

class PlanWithoutStatisticsTest extends PlanTest {
    @Override
    boolean analyzed() {
        return false;
    }
}
