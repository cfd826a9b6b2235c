package dev.leat.verify.history;

/** What must hold in every history. The numbers are those of docs/reliability.md. */
public enum Invariant {
    I1("nothing accepted is lost"),
    I2("nothing is handed out that was not enqueued or not asked for, and nothing is changed on the way"),
    I3("at most one completion of a job is accepted"),
    I4("tokens grow, and an older one changes nothing"),
    I5("a job is in one lease at a time"),
    I6("the jobs of a dead worker run again in time"),
    I7("attempts and crashes are counted right, and only against the job that is to blame"),
    I9("nothing is handed out early"),
    I10("at most one leader's writes are accepted"),
    I11("one key, one job at a time"),
    I18("what is written with a completion is there exactly once, and only with it");

    private final String promise;

    Invariant(String promise) {
        this.promise = promise;
    }

    public String promise() {
        return promise;
    }
}
