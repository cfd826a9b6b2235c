package dev.leat.bench;

/** One way to do what a scenario measures. */
public interface Contender {
    /** Unique in its scenario, such as {@code leat, claims of 1,000}. */
    String name();

    /**
     * Does it once: sets up, measures, checks that what was measured is what happened, and leaves nothing behind. Called several
     * times, never at once.
     *
     * @throws WrongResultException if the work was not done as it should be, so that its speed means nothing
     */
    Sample run() throws Exception;

    /** A contender of that name. */
    static Contender of(String name, Work work) {
        return new Contender() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Sample run() throws Exception {
                return work.run();
            }
        };
    }

    /** See {@link Contender#run}. */
    @FunctionalInterface
    interface Work {
        Sample run() throws Exception;
    }
}
