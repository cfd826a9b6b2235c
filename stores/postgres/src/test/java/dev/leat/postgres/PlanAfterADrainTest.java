package dev.leat.postgres;

class PlanAfterADrainTest extends PlanTest {
    @Override
    int jobs() {
        return 30_000;
    }

    @Override
    Statistics statistics() {
        return Statistics.OF_A_DRAIN;
    }

    /** A verb may look for the block of each job among all that it takes. */
    @Override
    int mostRowsOfAVerb() {
        return BLOCKS * BLOCKS;
    }
}
