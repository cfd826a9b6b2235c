package dev.leat.verify.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.api.JobId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One line of a history: one job's share in one phase of one call. Fields that an operation does not have are null, 0 or
 * false.
 *
 * @param at nanoseconds of the machine's monotonic clock, which all processes of a run share
 * @param process who made the call, or to whom the fault was done
 * @param call tells the calls of a process apart; the phases of one call share it
 * @param uniqueKey of an enqueue, as asked
 * @param job value of the {@link JobId}, 0 for none
 * @param holder of an enqueue that was held: the job that has the unique key
 * @param priority of an enqueue, a claim and a final state; of the amendment that reprioritises: the new one
 * @param attempt of a claim: the number of this attempt; of a final state: the attempts counted
 * @param maxAttempts of an enqueue, a claim and a final state
 * @param crashes of a final state
 * @param token of the lease
 * @param own of a split that was done: the token of the job's own lease
 * @param size of a claim's invoke: the most jobs it asks for; of its answer: how many jobs the lease was made with
 * @param suspect of a claim: whether the job was in the lease of a worker that died
 * @param until of a claim: the end of the lease by the store's clock, nanoseconds since 1970
 * @param lasting of a claim and a renewal: the length of the lease, nanoseconds; of an enqueue: how long the unique key is held, 0
 *     until the job has ended
 * @param transactional of a settlement: whether it is part of a transaction of the handler's, which was or was not committed
 * @param queue of an enqueue, a claim and a final state; of the amendment that moves: where to
 * @param due of an enqueue and a reschedule: the instant by the store's clock, nanoseconds since 1970; 0 for none
 * @param after of an enqueue, a settlement and a reschedule: how long after acceptance the job is due, nanoseconds
 * @param epoch of a leader's write
 * @param sha256 of the payload, in hex; of the amendment that replaces it: of the new one
 * @param word of an enqueue, settlement, renewal, cancel, retry or amendment that was answered: the answer; of a settlement's
 *     invoke: the outcome; of an amendment's invoke: reschedule, reprioritise, move or replace_payload; of a fault: its kind; of a final state: the state
 */
public record Event(
        long at,
        String process,
        long call,
        Op op,
        Phase phase,
        @Nullable String tenant,
        @Nullable String queue,
        @Nullable String kind,
        @Nullable String key,
        @Nullable String uniqueKey,
        long job,
        long holder,
        int priority,
        int attempt,
        int maxAttempts,
        int crashes,
        long token,
        long own,
        int size,
        boolean suspect,
        boolean transactional,
        long until,
        long lasting,
        long due,
        long after,
        long epoch,
        @Nullable String sha256,
        @Nullable String word) {

    public static Builder of(long at, String process, long call, Op op, Phase phase) {
        return new Builder(at, process, call, op, phase);
    }

    /** As a line of a history, with its end. */
    public String line() {
        return new String(EventJson.line(this), UTF_8);
    }

    boolean says(String other) {
        return Objects.equals(word, other);
    }

    /** Puts an event together. Not thread-safe. */
    public static final class Builder {
        private final long at;
        private final String process;
        private final long call;
        private final Op op;
        private final Phase phase;
        private @Nullable String tenant;
        private @Nullable String queue;
        private @Nullable String kind;
        private @Nullable String key;
        private @Nullable String uniqueKey;
        private long job;
        private long holder;
        private int priority;
        private int attempt;
        private int maxAttempts;
        private int crashes;
        private long token;
        private long own;
        private int size;
        private boolean suspect;
        private boolean transactional;
        private long until;
        private long lasting;
        private long due;
        private long after;
        private long epoch;
        private @Nullable String sha256;
        private @Nullable String word;

        private Builder(long at, String process, long call, Op op, Phase phase) {
            this.at = at;
            this.process = process;
            this.call = call;
            this.op = op;
            this.phase = phase;
        }

        public Builder lane(String ofTenant, String ofQueue, String ofKind) {
            tenant = ofTenant;
            queue = ofQueue;
            kind = ofKind;
            return this;
        }

        public Builder queue(String name) {
            queue = name;
            return this;
        }

        public Builder key(String value) {
            key = value;
            return this;
        }

        public Builder uniqueKey(String value) {
            uniqueKey = value;
            return this;
        }

        public Builder job(long value) {
            job = value;
            return this;
        }

        public Builder holder(long value) {
            holder = value;
            return this;
        }

        public Builder priority(int value) {
            priority = value;
            return this;
        }

        public Builder attempt(int number) {
            attempt = number;
            return this;
        }

        public Builder maxAttempts(int most) {
            maxAttempts = most;
            return this;
        }

        public Builder crashes(int value) {
            crashes = value;
            return this;
        }

        public Builder token(long value) {
            token = value;
            return this;
        }

        public Builder own(long value) {
            own = value;
            return this;
        }

        public Builder size(int jobs) {
            size = jobs;
            return this;
        }

        public Builder suspect(boolean value) {
            suspect = value;
            return this;
        }

        public Builder transactional(boolean value) {
            transactional = value;
            return this;
        }

        public Builder until(long instant) {
            until = instant;
            return this;
        }

        public Builder lasting(long nanos) {
            lasting = nanos;
            return this;
        }

        public Builder due(long instant) {
            due = instant;
            return this;
        }

        public Builder after(long nanos) {
            after = nanos;
            return this;
        }

        public Builder epoch(long value) {
            epoch = value;
            return this;
        }

        public Builder sha256(String hex) {
            sha256 = hex;
            return this;
        }

        public Builder word(String value) {
            word = value;
            return this;
        }

        Builder optional(String name, String value) {
            switch (name) {
                case "tenant" -> tenant = value;
                case "queue" -> queue = value;
                case "kind" -> kind = value;
                case "key" -> key = value;
                case "unique_key" -> uniqueKey = value;
                case "sha256" -> sha256 = value;
                case "word" -> word = value;
                default -> throw new IllegalArgumentException(name);
            }
            return this;
        }

        public Event build() {
            return new Event(
                    at,
                    process,
                    call,
                    op,
                    phase,
                    tenant,
                    queue,
                    kind,
                    key,
                    uniqueKey,
                    job,
                    holder,
                    priority,
                    attempt,
                    maxAttempts,
                    crashes,
                    token,
                    own,
                    size,
                    suspect,
                    transactional,
                    until,
                    lasting,
                    due,
                    after,
                    epoch,
                    sha256,
                    word);
        }
    }
}
