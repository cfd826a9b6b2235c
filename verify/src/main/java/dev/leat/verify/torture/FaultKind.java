package dev.leat.verify.torture;

import dev.leat.verify.history.HistoryChecker;
import dev.leat.verify.torture.Gate.Moment;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What can be broken on purpose. */
public enum FaultKind {
    /** A worker is killed after it was handed jobs, before it knows. */
    KILL_CLAIM_REPLY(Moment.CLAIM_REPLY),
    KILL_RUNNING(Moment.RUNNING),
    KILL_BEFORE_SETTLE(Moment.BEFORE_SETTLE),
    KILL_SETTLE_IN_FLIGHT(Moment.SETTLE_IN_FLIGHT),
    /** A producer is killed while the store stores its jobs. */
    KILL_ENQUEUE_IN_FLIGHT(Moment.ENQUEUE_IN_FLIGHT),
    KILL_ENQUEUE_REPLY(Moment.ENQUEUE_REPLY),
    /** A worker stands still for longer than its leases last, and goes on as if nothing had been. */
    STOP(Victim.WORKER, 7_000, 10_000),
    /** A worker is told to end while it runs jobs. */
    TERM(Victim.WORKER, 0, 0),
    /** A job ends every process that runs it. */
    POISON(Victim.PRODUCER, 0, 0),
    /** Every process of the store's server is killed, and it is started again. */
    SERVER_KILL(Victim.SERVER, 200, 1_500),
    /** One process of the store's server is killed. */
    BACKEND_KILL(Victim.SERVER, 0, 0),
    /** The store's server stands still. */
    SERVER_STOP(Victim.SERVER, 1_500, 5_000),
    /** The store's clock is set forward. */
    CLOCK(Victim.SERVER, 0, 0);

    /** A process that ended without having been told at which moment. */
    static final String KILL = HistoryChecker.KILL;

    static final String KILLED_BY_POISON = KILL + "-poison";

    private enum Victim {
        WORKER,
        PRODUCER,
        SERVER
    }

    private final Victim victim;
    private final int shortest;
    private final int longest;
    private final @Nullable Moment moment;

    FaultKind(Moment moment) {
        this.moment = moment;
        victim = moment == Moment.ENQUEUE_IN_FLIGHT || moment == Moment.ENQUEUE_REPLY ? Victim.PRODUCER : Victim.WORKER;
        shortest = 0;
        longest = 0;
    }

    FaultKind(Victim victim, int shortest, int longest) {
        this.victim = victim;
        this.shortest = shortest;
        this.longest = longest;
        moment = null;
    }

    /** As it is called in histories and on the command line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The kind of that name, or empty. */
    public static Optional<FaultKind> of(String word) {
        return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst();
    }

    boolean isOfServer() {
        return victim == Victim.SERVER;
    }

    Role role() {
        return victim == Victim.PRODUCER ? Role.PRODUCER : Role.WORKER;
    }

    Duration shortest() {
        return Duration.ofMillis(shortest);
    }

    Duration longest() {
        return Duration.ofMillis(longest);
    }

    /** When in its work the process is killed, if it is killed. */
    Optional<Moment> moment() {
        return Optional.ofNullable(moment);
    }
}
