package dev.leat.postgres;

class PlanAfterADrainTest extends PlanTest {
    /** So many that the root of the primary key of what is available is a level higher than that of its other index. */
    @Override
    int jobs() {
        return 63_000;
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
