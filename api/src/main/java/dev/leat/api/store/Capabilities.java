package dev.leat.api.store;

import dev.leat.api.AbsentCapabilityException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a store can do, as its contract suite proves it by behaviour. What is not listed is absent.
 *
 * @param store the store's name, such as {@code postgres}
 * @param durability what an accepted job survives
 */
public record Capabilities(String store, Durability durability, Map<Capability, Grade> grades) {
    public Capabilities {
        grades = Map.copyOf(grades);
    }

    /** All of these native, and nothing else. */
    public static Capabilities natively(String store, Durability durability, Set<Capability> capabilities) {
        return new Capabilities(
                store, durability, capabilities.stream().collect(Collectors.toMap(each -> each, each -> Grade.NATIVE)));
    }

    /** What can be said of it in the words that job systems are usually compared by. */
    public Set<Flag> flags() {
        Set<Flag> flags = EnumSet.of(Flag.ATOMIC_ACK, Flag.IDEMPOTENT_ENQUEUE);
        if (durability.compareTo(Durability.D0) > 0) {
            flags.add(Flag.PERSISTENCE);
        }
        Map.of(
                        Flag.TRANSACTIONS, Capability.TRANSACTIONAL_ENQUEUE,
                        Flag.PRIORITIZATION, Capability.PRIORITY,
                        Flag.BATCH_OPERATIONS, Capability.BATCH_ENQUEUE,
                        Flag.REPLAY, Capability.REPLAY,
                        Flag.STREAMING, Capability.WAKEUPS)
                .forEach((flag, capability) -> {
                    if (grade(capability) != Grade.ABSENT) {
                        flags.add(flag);
                    }
                });
        return flags;
    }

    public Grade grade(Capability capability) {
        return grades.getOrDefault(capability, Grade.ABSENT);
    }

    /**
     * Demands a capability.
     *
     * @param instead a store that has it
     * @throws AbsentCapabilityException if this store does not have the capability
     */
    public void require(Capability capability, String instead) {
        if (grade(capability) == Grade.ABSENT) {
            throw new AbsentCapabilityException(capability.word(), store, instead);
        }
    }

    public enum Durability {
        /** Lost with the process. */
        D0,
        /** Survives the kill of a process. */
        D1,
        /** Survives the power loss of one machine. */
        D2,
        /** Survives the loss of one machine. */
        D3
    }

    /** Whether a store has something, derived from all else; nothing is decided by it. */
    public enum Flag {
        /** A job's completion is accepted from its holder alone, and once. Every {@link JobStore} has it. */
        ATOMIC_ACK,
        /** Several groups of consumers each get every job. */
        CONSUMER_GROUPS,
        /** Jobs that are done can be read again from a point in time. */
        REPLAY,
        /** The same job enqueued again is known. Every {@link JobStore} has it. */
        IDEMPOTENT_ENQUEUE,
        /** Jobs are enqueued in the caller's own transaction. */
        TRANSACTIONS,
        /** Accepted jobs survive a process. */
        PERSISTENCE,
        /** The store runs on several machines that stand in for each other. */
        CLUSTERING,
        /** Its jobs are spread over several machines. */
        SHARDING,
        /** Jobs that nobody began in time are dropped. */
        TIME_TO_LIVE,
        /** The most urgent jobs are taken first. */
        PRIORITIZATION,
        /** Many jobs are stored by one call, all or none. */
        BATCH_OPERATIONS,
        /** Jobs come to who waits for them, who need not poll. */
        STREAMING;

        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public enum Grade {
        NATIVE,
        EMULATED,
        ABSENT
    }

    public enum Capability {
        /** Jobs wait for a due time. */
        DELAY,
        /** Of the available jobs that a claim may take, the most urgent are taken first, exactly. */
        PRIORITY,
        /** A call's jobs are stored all or none. */
        BATCH_ENQUEUE,
        /** Jobs are enqueued in the caller's own transaction: facet {@link Transactional}. */
        TRANSACTIONAL_ENQUEUE,
        /** Jobs are completed in the caller's own transaction: facet {@link Transactional}. */
        TRANSACTIONAL_COMPLETION,
        /** Jobs can be found, listed and counted: facet {@link Inspect}. */
        INSPECTION,
        /** Single jobs can be cancelled and retried by hand: facet {@link Operate}. */
        OPERATION,
        /** Jobs that ended long ago are removed: facet {@link Prune}. */
        RETENTION,
        /** Of the jobs of a lane with one {@link UniqueKey}, one is stored at a time. */
        UNIQUE_KEY,
        /** Who waits for jobs is told of them: facet {@link Wakeups}. */
        WAKEUPS,
        /** Jobs that have ended are told in their order, so that copies can run: facet {@link Replay}. */
        REPLAY;

        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
