package dev.leat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.AttemptRecord;
import dev.leat.api.store.AttemptRecord.Ended;
import dev.leat.api.store.Claim;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Due;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operated;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the jobs of a store should be by now: the contract in its plainest form, for one caller at a time. It does not choose
 * what a claim hands out; it judges what the store chose, and remembers it.
 */
final class JobModel {
    final Map<JobId, Job> jobs = new LinkedHashMap<>();
    final Map<LeaseId, Held> leases = new LinkedHashMap<>();
    private final Set<LeaseId> everMade = new HashSet<>();
    private Duration now = Duration.ZERO;

    enum Suspicion {
        NONE,
        TOGETHER,
        ALONE
    }

    /** A job, and how it came to be as it is. */
    static final class Job {
        final NewJob made;
        Lane lane;
        int priority;
        Payload payload;
        final List<Ended> runs = new ArrayList<>();
        JobState state = JobState.AVAILABLE;
        Suspicion suspicion = Suspicion.NONE;
        Duration due = Duration.ZERO;

        @Nullable
        Ended endedBy;

        int attempt;
        int maxAttempts;
        int crashes;
        long token = Long.MIN_VALUE;

        Job(NewJob made) {
            this.made = made;
            lane = made.lane();
            priority = made.priority();
            payload = made.payload();
            maxAttempts = made.maxAttempts();
        }

        /** Where it is, which an operator may have changed. */
        Lane lane() {
            return lane;
        }

        boolean isLastAttempt() {
            return attempt >= maxAttempts;
        }
    }

    /** A lease with what is left of its jobs; {@code handedOut} is how many it had at first. */
    static final class Held {
        final UUID claimId;
        final Map<JobId, Job> jobs = new LinkedHashMap<>();
        final int handedOut;
        Duration ends;

        Held(UUID claimId, int handedOut, Duration ends) {
            this.claimId = claimId;
            this.handedOut = handedOut;
            this.ends = ends;
        }
    }

    void advance(Duration by) {
        now = now.plus(by);
    }

    void enqueued(NewJob made) {
        Job job = new Job(made);
        jobs.put(made.id(), job);
        if (made.due() instanceof Due.After after) {
            wait(job, JobState.SCHEDULED, after.delay());
        }
    }

    // Claims.

    Stream<Job> claimable(ClaimRequest request) {
        return jobs.values().stream()
                .filter(job -> job.state == JobState.AVAILABLE
                        && request.lanes().contains(job.lane())
                        && (request.suspects() || job.suspicion == Suspicion.NONE));
    }

    /** Judges leases that are new. */
    void claimed(ClaimRequest request, List<Lease> made) {
        boolean suspects = claimable(request).anyMatch(job -> job.suspicion != Suspicion.NONE);
        if (!made.isEmpty()) {
            assertThat(made.get(0).suspect())
                    .as("suspects come first where there are any")
                    .isEqualTo(suspects);
        }
        for (Lease lease : made) {
            assertThat(everMade.add(lease.id())).as("%s is new", lease.id()).isTrue();
            Held held = new Held(request.claimId(), lease.claims().size(), now.plus(request.lease()));
            leases.put(lease.id(), held);
            lease.claims().forEach(claim -> held.jobs.put(claim.job(), handedOut(lease, claim)));
        }
    }

    private Job handedOut(Lease lease, Claim claim) {
        Job job = jobs.get(claim.job());
        assertThat(job).as("%s was enqueued", claim.job()).isNotNull();
        Job known = Subject.present(job);
        assertThat(known.state).as("%s before it was claimed", claim.job()).isEqualTo(JobState.AVAILABLE);
        assertThat(lease.lane()).isEqualTo(known.lane());
        assertThat(lease.priority()).isEqualTo(known.priority);
        assertThat(lease.attempt()).as("attempt of %s", claim.job()).isEqualTo(known.attempt + 1);
        assertThat(lease.suspect()).isEqualTo(known.suspicion != Suspicion.NONE);
        assertThat(known.suspicion != Suspicion.ALONE || lease.claims().size() == 1)
                .as("%s goes out alone", claim.job())
                .isTrue();
        assertThat(lease.id().value()).as("token of %s", claim.job()).isGreaterThan(known.token);
        assertThat(claim.payload()).isEqualTo(known.payload);
        assertThat(claim.maxAttempts()).isEqualTo(known.maxAttempts);
        known.state = JobState.RUNNING;
        known.attempt++;
        known.token = lease.id().value();
        return known;
    }

    /** What is left of the leases of a claim. */
    Map<LeaseId, Set<JobId>> heldBy(UUID claimId) {
        Map<LeaseId, Set<JobId>> held = new LinkedHashMap<>();
        leases.forEach((id, lease) -> {
            if (lease.claimId.equals(claimId)) {
                held.put(id, lease.jobs.keySet());
            }
        });
        return held;
    }

    boolean renewed(LeaseId id, Duration length) {
        Held held = leases.get(id);
        if (held != null) {
            held.ends = now.plus(length);
        }
        return held != null;
    }

    // Settlements.

    /** Whether it is accepted. */
    boolean settled(Settlement settlement) {
        Held held = leases.get(settlement.lease());
        Job job = held == null ? null : held.jobs.remove(settlement.job());
        if (held == null || job == null) {
            return false;
        }
        if (held.jobs.isEmpty()) {
            leases.remove(settlement.lease());
        }
        switch (settlement.outcome()) {
            case Outcome.Completed completed -> job.state = JobState.COMPLETED;
            case Outcome.Discard discard -> {
                job.endedBy = Ended.FAILED;
                job.state = JobState.DISCARDED;
            }
            case Outcome.Cancelled cancelled -> {
                job.endedBy = Ended.CANCELLED;
                job.state = JobState.CANCELLED;
            }
            case Outcome.Retry retry -> {
                job.runs.add(Ended.FAILED);
                job.suspicion = Suspicion.NONE;
                wait(job, JobState.RETRYABLE, retry.after());
            }
            case Outcome.Snooze snooze -> {
                job.runs.add(Ended.SNOOZED);
                job.attempt--;
                job.suspicion = Suspicion.NONE;
                wait(job, JobState.SCHEDULED, snooze.after());
            }
            case Outcome.Release release -> {
                job.runs.add(Ended.RELEASED);
                job.attempt--;
                job.state = JobState.AVAILABLE;
            }
        }
        return true;
    }

    // By hand.

    Operated cancelled(TenantName tenant, JobId id) {
        return operated(tenant, id, job -> {
            boolean cancels = job.state != JobState.RUNNING && !job.state.isFinal();
            if (cancels) {
                job.state = JobState.CANCELLED;
            }
            return cancels;
        });
    }

    Operated retried(TenantName tenant, JobId id) {
        return operated(tenant, id, job -> {
            if (job.state == JobState.RUNNING || job.state == JobState.COMPLETED) {
                return false;
            }
            if (job.state != JobState.AVAILABLE) {
                if (job.endedBy != null) {
                    job.runs.add(job.endedBy);
                }
                job.endedBy = null;
                job.crashes = 0;
                job.suspicion = Suspicion.NONE;
                job.maxAttempts = Math.max(job.maxAttempts, job.attempt + 1);
                job.state = JobState.AVAILABLE;
            }
            return true;
        });
    }

    Operated amended(TenantName tenant, JobId id, Amendment amendment) {
        return operated(tenant, id, job -> {
            if (job.state == JobState.RUNNING || job.state.isFinal()) {
                return false;
            }
            switch (amendment) {
                case Amendment.Reschedule(Due.After(Duration delay)) -> {
                    job.suspicion = Suspicion.NONE;
                    wait(job, JobState.SCHEDULED, delay);
                }
                case Amendment.Reschedule(Due timeThatHasCome) -> job.state = JobState.AVAILABLE;
                case Amendment.Reprioritise(int priority) -> job.priority = priority;
                case Amendment.Move(QueueName queue) -> job.lane = new Lane(tenant, queue, job.lane.kind());
                case Amendment.ReplacePayload(Payload payload) -> job.payload = payload;
            }
            return true;
        });
    }

    private Operated operated(TenantName tenant, JobId id, Predicate<Job> verb) {
        Job job = jobs.get(id);
        if (job == null || !job.lane().tenant().equals(tenant)) {
            return new Operated.NotFound(id);
        }
        boolean done = verb.test(job);
        return done ? new Operated.Done(id, job.lane(), job.state) : new Operated.NotAllowed(id, job.state);
    }

    private void wait(Job job, JobState state, Duration delay) {
        job.state = state;
        job.due = now.plus(delay);
    }

    // Time.

    List<Job> due() {
        return jobs.values().stream()
                .filter(job -> job.state == JobState.SCHEDULED || job.state == JobState.RETRYABLE)
                .filter(job -> job.due.compareTo(now) < 0)
                .toList();
    }

    /** Takes back every lease that has ended; gives the jobs that were in one, as they are now. */
    List<Job> takeBack(Set<JobId> chargedByTheStore) {
        List<Job> back = new ArrayList<>();
        leases.values().removeIf(held -> {
            boolean ended = held.ends.compareTo(now) < 0;
            if (ended) {
                held.jobs.values().forEach(job -> {
                    takeBack(held, job, chargedByTheStore);
                    back.add(job);
                });
            }
            return ended;
        });
        return back;
    }

    private static void takeBack(Held held, Job job, Set<JobId> chargedByTheStore) {
        boolean alone = job.suspicion == Suspicion.ALONE;
        // The contract leaves open whether a suspect that happened to be the only one of its group ran alone.
        boolean onlyOne = job.suspicion == Suspicion.TOGETHER && held.handedOut == 1;
        job.runs.add(Ended.LOST);
        job.suspicion = job.suspicion == Suspicion.NONE ? Suspicion.TOGETHER : Suspicion.ALONE;
        job.state = JobState.AVAILABLE;
        if (alone || (onlyOne && chargedByTheStore.contains(job.made.id()))) {
            job.crashes++;
            if (job.crashes >= JobStore.CRASH_LIMIT || job.isLastAttempt()) {
                job.state = JobState.DISCARDED;
            }
        } else {
            job.attempt--;
        }
    }

    /** Compares a job with what can be seen of it. */
    static void check(Job job, @Nullable JobRecord seen) {
        assertThat(seen).isNotNull();
        JobRecord record = Subject.present(seen);
        assertThat(record.state()).as("state of %s", record.id()).isEqualTo(job.state);
        assertThat(record.attempt()).as("attempt of %s", record.id()).isEqualTo(job.attempt);
        assertThat(record.maxAttempts()).as("most attempts of %s", record.id()).isEqualTo(job.maxAttempts);
        assertThat(record.crashes()).as("crashes of %s", record.id()).isEqualTo(job.crashes);
        assertThat(record.lane()).isEqualTo(job.lane());
        assertThat(record.priority()).as("priority of %s", record.id()).isEqualTo(job.priority);
        assertThat(record.payload()).as("payload of %s", record.id()).isEqualTo(job.payload);
        List<Ended> runs = record.attempts().stream().map(AttemptRecord::ended).toList();
        if (job.state == JobState.DISCARDED && job.crashes > 0) {
            assertThat(runs).as("runs of %s", record.id()).isIn(job.runs, job.runs.subList(0, job.runs.size() - 1));
        } else {
            assertThat(runs).as("runs of %s", record.id()).isEqualTo(job.runs);
        }
    }
}
