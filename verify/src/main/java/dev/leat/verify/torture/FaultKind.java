package dev.leat.verify.torture;

import dev.leat.verify.faults.NetworkFault;
import dev.leat.verify.history.HistoryChecker;
import dev.leat.verify.torture.Gate.Moment;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;
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
    /** A process is ended, and the next one has a wall clock that is hours off. */
    CLOCK_SKEW(Victim.PROCESS, 0, 0),
    /** A job ends every process that runs it. */
    POISON(Victim.PRODUCER, 0, 0),
    /** Every process of the store's server is killed, and it is started again. */
    SERVER_KILL(Victim.SERVER, 200, 1_500),
    /** One process of the store's server is killed. */
    BACKEND_KILL(Victim.SERVER, 0, 0),
    /** The store's server stands still. */
    SERVER_STOP(Victim.SERVER, 1_500, 5_000),
    /** The power of the server's machine is cut: what was not synced is lost. */
    POWER_CUT(Victim.SERVER, 0, 0),
    /** The server's disk runs full. */
    FULL_DISK(Victim.SERVER, 1_000, 4_000),
    /** The store's clock is set forward. */
    CLOCK(Victim.SERVER, 0, 0),
    /** Between one process and the store, as all that follow. */
    LATENCY(random -> new NetworkFault.Latency(Duration.ofMillis(random.nextLong(5, 400))), 2_000, 6_000),
    REFUSAL(random -> new NetworkFault.Refusal(), 1_000, 4_000),
    RESET(random -> new NetworkFault.Reset(), 0, 0),
    CUT_REPLIES(random -> new NetworkFault.CutReplies(random.nextLong(3_000)), 500, 2_000),
    HALF_OPEN(random -> new NetworkFault.HalfOpen(), 2_000, 8_000),
    PARTITION_IN(random -> new NetworkFault.Partition(NetworkFault.Side.IN), 2_000, 9_000),
    PARTITION_OUT(random -> new NetworkFault.Partition(NetworkFault.Side.OUT), 2_000, 9_000),
    PARTITION(random -> new NetworkFault.Partition(NetworkFault.Side.BOTH), 2_000, 9_000),
    LOST_REPLIES(random -> new NetworkFault.LostReplies(), 500, 3_000),
    LOST_REQUESTS(random -> new NetworkFault.LostRequests(), 500, 3_000),
    DRIP(random -> new NetworkFault.Drip(Duration.ofMillis(random.nextLong(1, 20))), 2_000, 5_000);

    /** A process that ended without having been told at which moment. */
    static final String KILL = HistoryChecker.KILL;

    static final String KILLED_BY_POISON = KILL + "-poison";

    private enum Victim {
        WORKER,
        PRODUCER,
        PROCESS,
        CONNECTION,
        SERVER
    }

    private final Victim victim;
    private final int shortest;
    private final int longest;
    private final @Nullable Moment moment;
    private final @Nullable Function<RandomGenerator, NetworkFault> network;

    FaultKind(Moment moment) {
        this.moment = moment;
        victim = moment == Moment.ENQUEUE_IN_FLIGHT || moment == Moment.ENQUEUE_REPLY ? Victim.PRODUCER : Victim.WORKER;
        shortest = 0;
        longest = 0;
        network = null;
    }

    FaultKind(Victim victim, int shortest, int longest) {
        this.victim = victim;
        this.shortest = shortest;
        this.longest = longest;
        moment = null;
        network = null;
    }

    FaultKind(Function<RandomGenerator, NetworkFault> network, int shortest, int longest) {
        this.network = network;
        this.shortest = shortest;
        this.longest = longest;
        victim = Victim.CONNECTION;
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

    /** Whether it breaks the store itself, or what it runs on. */
    public boolean isOfServer() {
        return victim == Victim.SERVER;
    }

    /** Whether it breaks what is between a process and the store's server. */
    public boolean isOfConnection() {
        return victim == Victim.CONNECTION;
    }

    /** Whether it can be done to a process that does this. */
    boolean concerns(Role role) {
        return switch (victim) {
            case WORKER -> role == Role.WORKER || role == Role.HOUSEHOLD;
            case PRODUCER -> role == Role.PRODUCER || role == Role.HOUSEHOLD;
            case PROCESS, CONNECTION -> true;
            case SERVER -> false;
        };
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

    /** What happens to the network, if that is what breaks; the seed decides how much. */
    Optional<NetworkFault> network(long seed) {
        return Optional.ofNullable(network).map(made -> made.apply(new SplittableRandom(seed)));
    }
}
