package dev.leat.verify.simulation;

import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.StoreException;
import dev.leat.api.TenantName;
import dev.leat.api.control.Change;
import dev.leat.api.control.ControlStore;
import dev.leat.api.control.ForwardingControlStore;
import dev.leat.api.control.Leadership;
import dev.leat.api.control.Written;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.Claim;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Claimed;
import dev.leat.api.store.Due;
import dev.leat.api.store.Enqueued;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Lease;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Operated;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Promoted;
import dev.leat.api.store.Reclaimed;
import dev.leat.api.store.Renewed;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.UniqueKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Mistakes that job systems were built with, each put between the world and a store that does not make it. */
enum Bug {
    /** A popped job is nowhere but in the answer, so a lost answer loses it. */
    CLAIM_THAT_POPS(store -> new PassThrough(store) {
        private final Set<LeaseId> popped = new HashSet<>();
        private int claims;

        @Override
        public Claimed claim(ClaimRequest request) {
            Claimed claimed = store.claim(request);
            if (++claims % 4 == 0) {
                claimed.leases().forEach(lease -> popped.add(lease.id()));
            }
            return claimed;
        }

        @Override
        public Reclaimed reclaim(int max) {
            store.renew(List.copyOf(popped), Duration.ofHours(1));
            return store.reclaim(max);
        }
    }),

    /** Whoever says a job is done is believed. */
    SETTLE_WITHOUT_TOKEN(store -> new Leases(store) {
        @Override
        public List<Settled> settle(List<Settlement> settlements) {
            return settled(settlements, settlements.stream().map(this::current).toList());
        }
    }),

    /** As above, but only for those that put a job off. */
    SNOOZE_WITHOUT_TOKEN(store -> new Leases(store) {
        @Override
        public List<Settled> settle(List<Settlement> settlements) {
            return settled(
                    settlements,
                    settlements.stream()
                            .map(each -> each.outcome() instanceof Outcome.Snooze ? current(each) : each)
                            .toList());
        }
    }),

    /** A lease that was taken back starts to count from one again. */
    TOKEN_RESET_ON_RECLAIM(store -> new PassThrough(store) {
        private final Map<Long, LeaseId> shown = new HashMap<>();
        private long base;
        private long greatest;

        @Override
        public Claimed claim(ClaimRequest request) {
            Claimed claimed = store.claim(request);
            List<Lease> leases = new ArrayList<>();
            for (Lease lease : claimed.leases()) {
                greatest = Math.max(greatest, lease.id().value());
                long small = lease.id().value() - base;
                shown.put(small, lease.id());
                leases.add(new Lease(
                        new LeaseId(small),
                        lease.lane(),
                        lease.priority(),
                        lease.attempt(),
                        lease.suspect(),
                        lease.expiresAt(),
                        lease.claims()));
            }
            return new Claimed(leases, claimed.left());
        }

        @Override
        public List<Settled> settle(List<Settlement> settlements) {
            return settled(
                    settlements,
                    settlements.stream()
                            .map(each -> new Settlement(real(each.lease()), each.job(), each.outcome()))
                            .toList());
        }

        @Override
        public List<Renewed> renew(List<LeaseId> held, Duration lease) {
            List<Renewed> answers = store.renew(held.stream().map(this::real).toList(), lease);
            List<Renewed> small = new ArrayList<>();
            for (int i = 0; i < answers.size(); i++) {
                small.add(new Renewed(held.get(i), answers.get(i).answer()));
            }
            return small;
        }

        private LeaseId real(LeaseId small) {
            return shown.getOrDefault(small.value(), new LeaseId(Long.MAX_VALUE));
        }

        @Override
        public Reclaimed reclaim(int max) {
            Reclaimed reclaimed = store.reclaim(max);
            if (reclaimed.total() > 0) {
                base = greatest;
            }
            return reclaimed;
        }
    }),

    /** A sign of life keeps all that any worker of the same name ever took. */
    HEARTBEAT_BY_WORKER_NAME(store -> new PassThrough(store) {
        private final Map<LeaseId, Integer> workers = new LinkedHashMap<>();

        @Override
        public Claimed claim(ClaimRequest request) {
            Claimed claimed = store.claim(request);
            claimed.leases().forEach(lease -> workers.put(lease.id(), request.worker()));
            return claimed;
        }

        @Override
        public Reclaimed reclaim(int max) {
            // Some worker of every name is always alive in a world of three.
            store.renew(List.copyOf(workers.keySet()), Node.LEASE);
            return store.reclaim(max);
        }
    }),

    /** Jobs of dead workers go round for ever. */
    SWEEP_WITHOUT_MOST_ATTEMPTS(store -> new PassThrough(store) {
        @Override
        public Reclaimed reclaim(int max) {
            Reclaimed reclaimed = store.reclaim(max);
            Operate operate = store.feature(Operate.class).orElseThrow();
            reclaimed.discarded().forEach((job, lane) -> operate.retry(lane.tenant(), List.of(job)));
            return reclaimed;
        }
    }),

    /** A job is accepted when it is in memory, and written a little later. */
    ANSWER_BEFORE_COMMIT(store -> new PassThrough(store) {
        private int batches;

        @Override
        public List<Enqueued> enqueue(List<NewJob> jobs) {
            // Now and then the process dies in between.
            return ++batches % 10 == 0
                    ? jobs.stream()
                            .<Enqueued>map(job -> new Enqueued.Accepted(job.id()))
                            .toList()
                    : store.enqueue(jobs);
        }
    }),

    /** What was not answered in time is reported as not done. */
    TIMEOUT_REPORTED_AS_FAILURE(store -> new PassThrough(store) {
        private int batches;

        @Override
        public List<Enqueued> enqueue(List<NewJob> jobs) {
            List<Enqueued> answers = store.enqueue(jobs);
            if (++batches % 10 == 0) {
                throw new StoreException("Timed out.", StoreException.Effect.NONE, null);
            }
            return answers;
        }
    }),

    /** The sweep compares with the clock of whoever sweeps, which is ahead. */
    LEASE_BY_THE_SWEEPERS_CLOCK(store -> new Leases(store) {
        private int sweeps;

        @Override
        public Reclaimed reclaim(int max) {
            if (++sweeps % 20 == 0) {
                // Ends what still has most of its time.
                store.renew(List.copyOf(live.values()), ClaimRequest.SHORTEST_LEASE);
            }
            return store.reclaim(max);
        }
    }),

    /** A script ends halfway with an error, and what it has done stays. */
    BATCH_HALF_APPLIED(store -> new PassThrough(store) {
        private int batches;

        @Override
        public List<Settled> settle(List<Settlement> settlements) {
            if (settlements.size() > 1 && ++batches % 10 == 0) {
                store.settle(settlements.subList(0, settlements.size() / 2));
                throw new StoreException("A script failed.", StoreException.Effect.NONE, null);
            }
            return store.settle(settlements);
        }
    }),

    /** The condition on the tenant is missing in the claim of one kind of lease. */
    CLAIM_WITHOUT_TENANT(store -> new PassThrough(store) {
        @Override
        public Claimed claim(ClaimRequest request) {
            Claimed claimed = store.claim(request);
            Lane first = request.lanes().getFirst();
            return new Claimed(
                    claimed.leases().stream()
                            .map(lease -> lease.suspect()
                                    ? new Lease(
                                            lease.id(),
                                            first,
                                            lease.priority(),
                                            lease.attempt(),
                                            true,
                                            lease.expiresAt(),
                                            lease.claims())
                                    : lease)
                            .toList(),
                    claimed.left());
        }
    }),

    /** A list that is kept short throws away what nobody has read yet. */
    TRIMMED_QUEUE(store -> new PassThrough(store) {
        private int batches;

        @Override
        public List<Enqueued> enqueue(List<NewJob> jobs) {
            List<Enqueued> answers = store.enqueue(jobs);
            if (++batches % 10 == 0) {
                Operate operate = store.feature(Operate.class).orElseThrow();
                NewJob oldest = jobs.getFirst();
                operate.cancel(oldest.lane().tenant(), List.of(oldest.id()));
            }
            return answers;
        }
    }),

    /** Two claims at the same moment take the same rows. */
    CLAIM_THAT_HANDS_OUT_TWICE(store -> new PassThrough(store) {
        private Claimed last = Claimed.NOTHING;
        private int claims;

        @Override
        public Claimed claim(ClaimRequest request) {
            if (++claims % 10 == 0 && last.jobs() > 0) {
                return last;
            }
            last = store.claim(request);
            return last;
        }
    }),

    /** Every job of a lease that ended is charged. */
    CRASH_CHARGED_TO_NEIGHBOURS(store -> new PassThrough(store) {
        @Override
        public Claimed claim(ClaimRequest request) {
            Claimed claimed = store.claim(request);
            return new Claimed(
                    claimed.leases().stream()
                            .map(lease -> lease.suspect()
                                    ? new Lease(
                                            lease.id(),
                                            lease.lane(),
                                            lease.priority(),
                                            lease.attempt() + 2,
                                            true,
                                            lease.expiresAt(),
                                            lease.claims())
                                    : lease)
                            .toList(),
                    claimed.left());
        }
    }),

    /** A job that waits is handed out when it is looked at. */
    PROMOTION_AHEAD_OF_TIME(store -> new PassThrough(store) {
        private final Map<JobId, Lane> made = new LinkedHashMap<>();
        private int sweeps;

        @Override
        public List<Enqueued> enqueue(List<NewJob> jobs) {
            jobs.forEach(job -> made.put(job.id(), job.lane()));
            return store.enqueue(jobs);
        }

        @Override
        public Promoted promote(int max) {
            if (++sweeps % 5 == 0) {
                Operate operate = store.feature(Operate.class).orElseThrow();
                made.forEach((job, lane) -> {
                    if (store.feature(Inspect.class)
                            .orElseThrow()
                            .find(lane.tenant(), job)
                            .filter(found ->
                                    found.dueAt() != null && !found.state().isFinal())
                            .isPresent()) {
                        operate.retry(lane.tenant(), List.of(job));
                    }
                });
            }
            return store.promote(max);
        }
    }),

    /** A limit inside a subselect is applied once for each row that a plan looks at. */
    CLAIM_BEYOND_ITS_LIMIT(store -> new PassThrough(store) {
        @Override
        public Claimed claim(ClaimRequest request) {
            return store.claim(new ClaimRequest(
                    request.claimId(),
                    request.worker(),
                    request.lanes(),
                    3 * request.maxJobs(),
                    request.maxBytes(),
                    request.lease(),
                    request.suspects()));
        }
    }),

    /** Two calls look whether the job is there, neither sees it, and both make it. */
    CHECK_THEN_INSERT(store -> new PassThrough(store) {
        private final Set<JobId> known = new HashSet<>();

        @Override
        public List<Enqueued> enqueue(List<NewJob> jobs) {
            List<NewJob> again = jobs.stream()
                    .filter(job -> !known.add(job.id()))
                    .map(job -> new NewJob(
                            new JobId(job.id().value() + 1),
                            job.nonce(),
                            job.lane(),
                            job.payload(),
                            job.priority(),
                            job.maxAttempts(),
                            job.due()))
                    .toList();
            store.enqueue(again);
            return store.enqueue(jobs);
        }
    }),

    /** A job that is cancelled by hand is said to be, and goes on waiting. */
    CANCEL_THAT_DOES_NOTHING(store -> new ByHand(store) {
        @Override
        List<Operated> cancel(Operate operate, TenantName tenant, List<JobId> ids) {
            return said(tenant, ids, JobState.CANCELLED, state -> !state.isFinal() && state != JobState.RUNNING);
        }
    }),

    /** A job that was given up is said to be tried again, and is not. */
    RETRY_THAT_DOES_NOTHING(store -> new ByHand(store) {
        @Override
        List<Operated> retry(Operate operate, TenantName tenant, List<JobId> ids) {
            return said(
                    tenant,
                    ids,
                    JobState.AVAILABLE,
                    state -> state == JobState.DISCARDED || state == JobState.CANCELLED);
        }
    }),

    /** A job that was moved is said to be elsewhere, and stays; likewise one with another payload or another time. */
    AMENDMENT_THAT_DOES_NOTHING(store -> new ByHand(store) {
        @Override
        List<Operated> amend(Operate operate, TenantName tenant, List<JobId> ids, Amendment amendment) {
            return said(tenant, ids, JobState.AVAILABLE, state -> !state.isFinal() && state != JobState.RUNNING);
        }
    }),

    /** A job that has ended is moved, and so comes to life again. */
    AMENDMENT_OF_WHAT_HAS_ENDED(store -> new ByHand(store) {
        @Override
        List<Operated> amend(Operate operate, TenantName tenant, List<JobId> ids, Amendment amendment) {
            operate.retry(tenant, ids);
            return operate.amend(tenant, ids, amendment);
        }
    }),

    /** A job that is to run later runs at once. */
    RESCHEDULE_TO_NOW(store -> new ByHand(store) {
        @Override
        List<Operated> amend(Operate operate, TenantName tenant, List<JobId> ids, Amendment amendment) {
            return operate.amend(
                    tenant,
                    ids,
                    amendment instanceof Amendment.Reschedule ? new Amendment.Reschedule(Due.now()) : amendment);
        }
    }),

    /** An attempt that failed is not counted. */
    RETRY_THAT_COSTS_NOTHING(store -> new PassThrough(store) {
        @Override
        public List<Settled> settle(List<Settlement> settlements) {
            return settled(
                    settlements,
                    settlements.stream()
                            .map(each -> each.outcome() instanceof Outcome.Retry retry
                                    ? new Settlement(each.lease(), each.job(), new Outcome.Snooze(retry.after()))
                                    : each)
                            .toList());
        }
    }),

    /** A worker that is at work on suspects is handed more of them. */
    SUSPECTS_WHILE_SUSPECTS_RUN(store -> new PassThrough(store) {
        @Override
        public Claimed claim(ClaimRequest request) {
            return store.claim(new ClaimRequest(
                    request.claimId(),
                    request.worker(),
                    request.lanes(),
                    request.maxJobs(),
                    request.maxBytes(),
                    request.lease(),
                    true));
        }
    }),

    /** Two calls look whether somebody has the unique key, neither sees it, and both take it. */
    UNIQUE_KEY_CHECKED_AND_THEN_TAKEN(store -> new Keys(store) {
        private int taken;

        @Override
        @Nullable
        UniqueKey instead(UniqueKey key) {
            return ++taken % 2 == 0 ? null : key;
        }
    }),

    /** A unique key is free when its job has ended, though its window is not over. */
    UNIQUE_KEY_WITHOUT_ITS_WINDOW(store -> new Keys(store) {
        @Override
        UniqueKey instead(UniqueKey key) {
            return UniqueKey.untilEnded(key.text());
        }
    }),

    /** A unique key has a window only, and somebody else may have it while its job still waits. */
    UNIQUE_KEY_FOR_A_SECOND(store -> new Keys(store) {
        @Override
        UniqueKey instead(UniqueKey key) {
            return key.window() == null ? UniqueKey.within(UniqueKey.SHORTEST_WINDOW, key.text()) : key;
        }
    }),

    /** Nobody frees a unique key when its job has ended. */
    UNIQUE_KEY_THAT_IS_KEPT(store -> new Keys(store) {
        @Override
        UniqueKey instead(UniqueKey key) {
            return UniqueKey.within(UniqueKey.LONGEST_WINDOW, key.text());
        }
    }),

    /** Who is told that a unique key is held is told of the wrong job. */
    HOLDER_OF_ANOTHER_KEY(store -> new PassThrough(store) {
        @Override
        public List<Enqueued> enqueue(List<NewJob> jobs) {
            return store.enqueue(jobs).stream()
                    .map(answer ->
                            answer instanceof Enqueued.Held held ? new Enqueued.Held(held.id(), held.id()) : answer)
                    .toList();
        }
    }),

    /** What was not stored because of a unique key is stored all the same. */
    HELD_AND_STORED(store -> new PassThrough(store) {
        @Override
        public List<Enqueued> enqueue(List<NewJob> jobs) {
            List<Enqueued> answers = store.enqueue(jobs);
            for (int i = 0; i < jobs.size(); i++) {
                if (answers.get(i) instanceof Enqueued.Held) {
                    store.enqueue(List.of(Keys.with(jobs.get(i), null)));
                }
            }
            return answers;
        }
    }),

    /** A job that was made more urgent is handed out with the priority that it had. */
    REPRIORITISE_THAT_IS_FORGOTTEN(store -> new ByHand(store) {
        @Override
        List<Operated> amend(Operate operate, TenantName tenant, List<JobId> ids, Amendment amendment) {
            return amendment instanceof Amendment.Reprioritise
                    ? said(tenant, ids, JobState.AVAILABLE, state -> !state.isFinal() && state != JobState.RUNNING)
                    : operate.amend(tenant, ids, amendment);
        }
    }),

    /** A job that is moved carries nothing any more. */
    MOVE_THAT_LOSES_THE_PAYLOAD(store -> new ByHand(store) {
        @Override
        List<Operated> amend(Operate operate, TenantName tenant, List<JobId> ids, Amendment amendment) {
            List<Operated> answers = operate.amend(tenant, ids, amendment);
            if (amendment instanceof Amendment.Move) {
                operate.amend(tenant, ids, new Amendment.ReplacePayload(Payload.json("null")));
            }
            return answers;
        }
    }),

    /** Whoever once held the lock believes to hold it, and nobody checks. */
    LEADER_BY_LOCK_ALONE(UnaryOperator.identity(), control -> new ForwardingControlStore(control) {
        @Override
        public Written write(List<Change> changes, @Nullable Leadership as) {
            return control.write(changes, null);
        }
    }),

    /** The lock is the connection's, and the connection goes from one node to the next. */
    LOCK_OF_A_POOLED_CONNECTION(UnaryOperator.identity(), control -> new ForwardingControlStore(control) {
        private @Nullable Leadership held;

        @Override
        public Optional<Leadership> lead(String role, String node, Duration lease) {
            Optional<Leadership> granted = control.lead(role, node, lease);
            granted.ifPresent(leadership -> held = leadership);
            return Optional.ofNullable(held);
        }
    });

    private final UnaryOperator<JobStore> ofJobs;
    private final UnaryOperator<ControlStore> ofControl;

    Bug(UnaryOperator<JobStore> ofJobs) {
        this(ofJobs, UnaryOperator.identity());
    }

    Bug(UnaryOperator<JobStore> ofJobs, UnaryOperator<ControlStore> ofControl) {
        this.ofJobs = ofJobs;
        this.ofControl = ofControl;
    }

    World world(VirtualClock clock) {
        return World.inMemory(clock).through(ofJobs, ofControl);
    }

    /** Where unique keys are not what was asked for. */
    private abstract static class Keys extends PassThrough {
        Keys(JobStore store) {
            super(store);
        }

        abstract @Nullable UniqueKey instead(UniqueKey key);

        static NewJob with(NewJob job, @Nullable UniqueKey key) {
            return new NewJob(
                    job.id(),
                    job.nonce(),
                    job.lane(),
                    job.payload(),
                    job.priority(),
                    job.maxAttempts(),
                    job.due(),
                    key);
        }

        @Override
        public List<Enqueued> enqueue(List<NewJob> jobs) {
            return store.enqueue(jobs.stream()
                    .map(job -> job.uniqueKey() == null ? job : with(job, instead(job.uniqueKey())))
                    .toList());
        }
    }

    /** Where what is done by hand goes wrong. */
    private static class ByHand extends PassThrough {
        ByHand(JobStore store) {
            super(store);
        }

        List<Operated> cancel(Operate operate, TenantName tenant, List<JobId> ids) {
            return operate.cancel(tenant, ids);
        }

        List<Operated> retry(Operate operate, TenantName tenant, List<JobId> ids) {
            return operate.retry(tenant, ids);
        }

        List<Operated> amend(Operate operate, TenantName tenant, List<JobId> ids, Amendment amendment) {
            return operate.amend(tenant, ids, amendment);
        }

        /** As if the one job had come into a state, if it is in one from which it can. */
        final List<Operated> said(TenantName tenant, List<JobId> ids, JobState into, Predicate<JobState> from) {
            JobId id = ids.getFirst();
            return List.of(store.feature(Inspect.class)
                    .orElseThrow()
                    .find(tenant, id)
                    .<Operated>map(job -> from.test(job.state())
                            ? new Operated.Done(id, job.lane(), into)
                            : new Operated.NotAllowed(id, job.state()))
                    .orElseGet(() -> new Operated.NotFound(id)));
        }

        @Override
        public <T> Optional<T> feature(Class<T> facet) {
            return facet != Operate.class
                    ? super.feature(facet)
                    : store.feature(Operate.class)
                            .map(operate -> facet.cast(new Operate() {
                                @Override
                                public List<Operated> cancel(TenantName tenant, List<JobId> ids) {
                                    return ByHand.this.cancel(operate, tenant, ids);
                                }

                                @Override
                                public List<Operated> retry(TenantName tenant, List<JobId> ids) {
                                    return ByHand.this.retry(operate, tenant, ids);
                                }

                                @Override
                                public List<Operated> amend(TenantName tenant, List<JobId> ids, Amendment amendment) {
                                    return ByHand.this.amend(operate, tenant, ids, amendment);
                                }
                            }));
        }
    }

    /** Knows which lease holds which job now. */
    private static class Leases extends PassThrough {
        final Map<JobId, LeaseId> live = new LinkedHashMap<>();

        Leases(JobStore store) {
            super(store);
        }

        @Override
        public Claimed claim(ClaimRequest request) {
            Claimed claimed = store.claim(request);
            for (Lease lease : claimed.leases()) {
                Stream<Claim> jobs = lease.claims().stream();
                jobs.forEach(job -> live.put(job.job(), lease.id()));
            }
            return claimed;
        }

        Settlement current(Settlement asked) {
            return new Settlement(live.getOrDefault(asked.job(), asked.lease()), asked.job(), asked.outcome());
        }
    }
}
