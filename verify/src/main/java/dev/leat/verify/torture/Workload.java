package dev.leat.verify.torture;

import dev.leat.api.ContentType;
import dev.leat.api.JobState;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.Due;
import dev.leat.api.store.UniqueKey;
import dev.leat.engine.codec.Json;
import dev.leat.engine.handler.JobKind;
import dev.leat.engine.handler.RetryPolicy;
import dev.leat.verify.torture.Task.Behaviour;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What one producer does, step by step: the same seed has the same steps, however far a life of it comes. */
final class Workload {
    static final List<TenantName> TENANTS = List.of(new TenantName("one"), new TenantName("two"));
    static final List<QueueName> QUEUES = List.of(new QueueName("mail"), new QueueName("video"));
    static final List<JobKind<Task>> KINDS = List.of(kind("work"), kind("toil"));

    static final List<String> KEYS = List.of("a", "b");
    static final int MOST_LISTED = 40;
    private static final List<JobState> AMENDABLE = List.of(JobState.SCHEDULED, JobState.AVAILABLE, JobState.RETRYABLE);
    private static final int LONGEST_WINDOW_MILLIS = 7_000;
    private static final int MOST_FILLER = 8_000;
    private static final int MOST_IN_BATCH = 12;

    private final long seed;

    Workload(long seed, int producer) {
        this.seed = new SplittableRandom(seed * 31 + producer).nextLong();
    }

    private static JobKind<Task> kind(String name) {
        return JobKind.of(name, Task.class)
                .withRetry(new RetryPolicy(Duration.ofMillis(200), 2, Duration.ofSeconds(2), true));
    }

    /** One thing to do. */
    sealed interface Step {
        /** Enqueues jobs with one call. */
        record Enqueue(
                TenantName tenant,
                QueueName queue,
                JobKind<Task> kind,
                int priority,
                int maxAttempts,
                When due,
                List<Task> tasks,
                @Nullable UniqueKey key,
                Transaction transaction)
                implements Step {}

        /** Calls off some of the jobs enqueued last; by how many jobs ago. */
        record Cancel(List<Integer> ago) implements Step {}

        /** Runs some of the jobs enqueued last again. */
        record Retry(List<Integer> ago) implements Step {}

        /** Amends some of the jobs enqueued last. */
        record Amend(List<Integer> ago, Amendment amendment) implements Step {}
    }

    /** What jobs are enqueued in. */
    sealed interface Transaction {
        /** The store's own. */
        record None() implements Transaction {}

        /** One of the producer's, that stays open for a while. */
        record Own(Duration open, boolean commits) implements Transaction {}
    }

    /**
     * What an operator does: amends jobs of a tenant that wait.
     *
     * @param places in the list of those in one state, from the oldest on
     */
    record Intervention(TenantName tenant, JobState state, List<Integer> places, Amendment amendment) {}

    /** When jobs are due. */
    sealed interface When {
        record Now() implements When {}

        record After(Duration delay) implements When {}

        /** At an instant, told from the store's time. */
        record At(Duration fromNow) implements When {}
    }

    /** @param number from 0 */
    Step step(long number) {
        RandomGenerator random = new SplittableRandom(seed + number * 0x9E37_79B9L);
        int dice = random.nextInt(100);
        if (dice < 4) {
            return new Step.Cancel(ago(random));
        }
        if (dice < 8) {
            return new Step.Retry(ago(random));
        }
        if (dice < 12) {
            return new Step.Amend(ago(random), amendment(random));
        }
        int count = random.nextInt(10) < 6 ? 1 : 2 + random.nextInt(MOST_IN_BATCH - 1);
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tasks.add(task(random));
        }
        Step.Enqueue step = new Step.Enqueue(
                any(TENANTS, random),
                any(QUEUES, random),
                any(KINDS, random),
                random.nextInt(3) == 0 ? random.nextInt(10) : 4,
                1 + random.nextInt(4),
                due(random),
                tasks,
                null,
                transaction(random));
        return random.nextInt(4) == 0 ? unique(step, random) : step;
    }

    /** In few lanes, so that many want the same keys. */
    private static Step.Enqueue unique(Step.Enqueue step, RandomGenerator random) {
        return new Step.Enqueue(
                TENANTS.getFirst(),
                step.queue,
                KINDS.getFirst(),
                step.priority,
                step.maxAttempts,
                step.due,
                step.tasks.subList(0, Math.min(step.tasks.size(), 2)),
                new UniqueKey(
                        any(KEYS, random),
                        random.nextBoolean() ? null : Duration.ofMillis(1_000 + random.nextInt(LONGEST_WINDOW_MILLIS))),
                step.transaction);
    }

    private static Transaction transaction(RandomGenerator random) {
        return random.nextInt(8) == 0
                ? new Transaction.Own(Duration.ofMillis(random.nextInt(600)), random.nextInt(4) > 0)
                : new Transaction.None();
    }

    /** @param number from 0 */
    Intervention intervention(long number) {
        RandomGenerator random = new SplittableRandom(seed + number * 0x9E37_79B9L);
        List<Integer> places = new ArrayList<>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            places.add(random.nextInt(MOST_LISTED));
        }
        return new Intervention(
                any(TENANTS, random),
                any(AMENDABLE, random),
                places,
                random.nextInt(4) == 0 ? new Amendment.ReplacePayload(payload(task(random))) : amendment(random));
    }

    static Payload payload(Task task) {
        return Payload.of(Json.STRICT.writeBytes(task), ContentType.JSON);
    }

    private static When due(RandomGenerator random) {
        return switch (random.nextInt(20)) {
            case 0, 1 -> new When.After(Duration.ofMillis(random.nextInt(8_000)));
            case 2 -> new When.At(Duration.ofMillis(random.nextInt(8_000) - 1_000L));
            default -> new When.Now();
        };
    }

    /** Not of the payload, which says what the job does. */
    private static Amendment amendment(RandomGenerator random) {
        return switch (random.nextInt(4)) {
            case 0 -> new Amendment.Reschedule(Due.now());
            case 1 -> new Amendment.Reschedule(Due.after(Duration.ofMillis(1 + random.nextInt(8_000))));
            case 2 -> new Amendment.Reprioritise(random.nextInt(10));
            default -> new Amendment.Move(any(QUEUES, random));
        };
    }

    private static List<Integer> ago(RandomGenerator random) {
        List<Integer> ago = new ArrayList<>();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            ago.add(random.nextInt(1 << random.nextInt(1, 9)));
        }
        return ago;
    }

    private static Task task(RandomGenerator random) {
        Behaviour behaviour = behaviour(random.nextInt(1_000));
        int millis = behaviour == Behaviour.SLOW ? 100 + random.nextInt(2_900) : random.nextInt(2_000);
        String filler = "x".repeat(random.nextInt(20) == 0 ? random.nextInt(MOST_FILLER) : random.nextInt(200));
        return new Task(behaviour, millis, 1 + random.nextInt(3), filler);
    }

    private static Behaviour behaviour(int dice) {
        if (dice < 620) {
            return Behaviour.QUICK;
        } else if (dice < 720) {
            return Behaviour.COMMIT;
        } else if (dice < 800) {
            return Behaviour.SLOW;
        } else if (dice < 860) {
            return Behaviour.RETRY;
        } else if (dice < 900) {
            return Behaviour.FAIL;
        } else if (dice < 930) {
            return Behaviour.SNOOZE;
        } else if (dice < 950) {
            return Behaviour.DISCARD;
        } else if (dice < 970) {
            return Behaviour.CANCEL;
        } else if (dice < 983) {
            return Behaviour.STACK_OVERFLOW;
        } else {
            return dice < 999 ? Behaviour.OUT_OF_MEMORY : Behaviour.HANG;
        }
    }

    private static <T> T any(List<T> from, RandomGenerator random) {
        return from.get(random.nextInt(from.size()));
    }
}
