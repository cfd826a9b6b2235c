package dev.leat.verify.torture;

import dev.leat.api.JobId;
import dev.leat.api.StoreException;
import dev.leat.api.TenantName;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.Due;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Operate;
import dev.leat.engine.client.Client;
import dev.leat.engine.client.EnqueueOptions;
import dev.leat.engine.client.PreparedJobs;
import dev.leat.engine.client.Receipt;
import dev.leat.engine.client.UnconfirmedException;
import dev.leat.engine.handler.JobKind;
import dev.leat.verify.torture.Workload.Step;
import dev.leat.verify.torture.Workload.When;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/** Enqueues jobs, and changes some of them by hand, until it is told to be quiet. What is not answered is asked again. */
final class Producer {
    /** So that no two lives of a producer have a step in common. */
    private static final long STEPS_OF_A_LIFE = 1_000_000;

    private static final int REMEMBERED = 300;
    private static final long PAUSE_MILLIS = 50;
    private static final long TRY_AGAIN_MILLIS = 300;

    private record Known(TenantName tenant, JobId id) {}

    private final Workload workload;
    private final long firstStep;
    private final Client client;
    private final Transactions transactions;
    private final JobStore jobs;
    private final Operate operate;
    private final CountDownLatch stop;
    private final AtomicInteger poison = new AtomicInteger();
    private final Deque<Known> latest = new ArrayDeque<>();
    private volatile boolean quiet;

    Producer(Member.Life life, Client client, JobStore jobs, Transactions transactions, CountDownLatch stop) {
        workload = new Workload(life.seed(), life.number());
        firstStep = life.life() * STEPS_OF_A_LIFE;
        this.client = client;
        this.transactions = transactions;
        this.jobs = jobs;
        this.operate = jobs.feature(Operate.class).orElseThrow();
        this.stop = stop;
    }

    /** The next job will be a poison. */
    void poison() {
        poison.incrementAndGet();
    }

    /** Has {@link #run} end as soon as everything that was asked is answered. */
    void quiet() {
        quiet = true;
    }

    /** @param told how many jobs were enqueued, now and then */
    void run(LongConsumer told) throws InterruptedException {
        long total = 0;
        for (long number = firstStep; !quiet && !stop.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS); number++) {
            total += done(workload.step(number));
            if (poison.get() > 0) {
                poison.decrementAndGet();
                total += enqueue(
                        Workload.KINDS.getFirst(),
                        List.of(Task.poison()),
                        EnqueueOptions.DEFAULT.forTenant("one").in("mail"),
                        new Workload.Transaction.None());
            }
            if (number % 10 == 0) {
                told.accept(total);
            }
        }
        told.accept(total);
    }

    private int done(Step step) throws InterruptedException {
        return switch (step) {
            case Step.Enqueue enqueue ->
                enqueue(enqueue.kind(), enqueue.tasks(), options(enqueue), enqueue.transaction());
            case Step.Cancel(List<Integer> ago) -> byHand(ago, operate::cancel);
            case Step.Retry(List<Integer> ago) -> byHand(ago, operate::retry);
            case Step.Amend(List<Integer> ago, Amendment amendment) ->
                byHand(ago, (tenant, ids) -> operate.amend(tenant, ids, amendment));
        };
    }

    private EnqueueOptions options(Step.Enqueue step) {
        EnqueueOptions options = new EnqueueOptions(
                step.tenant(), step.queue(), step.priority(), step.maxAttempts(), Due.now(), step.key());
        return switch (step.due()) {
            case When.Now now -> options;
            case When.After after -> options.after(after.delay());
            case When.At at -> at(options, at);
        };
    }

    /** At once if the store does not say what time it is. */
    private EnqueueOptions at(EnqueueOptions options, When.At due) {
        try {
            return options.at(jobs.time().plus(due.fromNow()));
        } catch (StoreException e) {
            return options;
        }
    }

    private int enqueue(JobKind<Task> kind, List<Task> tasks, EnqueueOptions options, Workload.Transaction transaction)
            throws InterruptedException {
        PreparedJobs prepared =
                new Member.Trying(stop, TRY_AGAIN_MILLIS).until(() -> client.prepare(kind, tasks, options));
        List<Receipt> receipts = List.of();
        while (true) {
            try {
                receipts = enqueue(prepared, transaction);
                break;
            } catch (StoreException | UnconfirmedException | SQLException e) {
                if (stop.await(TRY_AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
                    return 0;
                }
            }
        }
        receipts.forEach(receipt -> latest.addFirst(new Known(options.tenant(), receipt.id())));
        while (latest.size() > REMEMBERED) {
            latest.removeLast();
        }
        return (int) receipts.stream()
                .filter(receipt -> receipt.status() != Receipt.Status.HELD)
                .count();
    }

    /** The receipts of what is stored now, or held. */
    private List<Receipt> enqueue(PreparedJobs prepared, Workload.Transaction transaction)
            throws SQLException, InterruptedException {
        return switch (transaction) {
            case Workload.Transaction.None none -> client.enqueue(prepared);
            case Workload.Transaction.Own own
            when !transactions.arePossible() -> own.commits() ? client.enqueue(prepared) : List.of();
            case Workload.Transaction.Own own -> {
                List<Receipt> receipts = new ArrayList<>();
                boolean committed = transactions.run(connection -> {
                    receipts.addAll(client.enqueue(connection, prepared));
                    new CountDownLatch(1).await(own.open().toMillis(), TimeUnit.MILLISECONDS);
                    return own.commits();
                });
                yield committed ? receipts : List.of();
            }
        };
    }

    /** Once: what is not answered may have been done. */
    private int byHand(List<Integer> ago, BiConsumer<TenantName, List<JobId>> verb) {
        List<Known> known = new ArrayList<>(latest);
        ago.stream()
                .filter(each -> each < known.size())
                .map(known::get)
                .collect(Collectors.groupingBy(Known::tenant, Collectors.mapping(Known::id, Collectors.toList())))
                .forEach((tenant, ids) -> byHand(tenant, ids, verb));
        return 0;
    }

    private static void byHand(TenantName tenant, List<JobId> ids, BiConsumer<TenantName, List<JobId>> verb) {
        try {
            verb.accept(tenant, ids);
        } catch (StoreException e) {
            // The history says so.
        }
    }
}
