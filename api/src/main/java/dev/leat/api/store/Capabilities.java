package dev.leat.api.store;

import dev.leat.api.AbsentCapabilityException;
import java.util.Locale;
import java.util.Map;

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
        UNIQUE_KEY;

        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
