package dev.leat.server.local;

import dev.leat.api.Checks;
import dev.leat.api.ContentType;
import dev.leat.api.InvalidValueException;
import dev.leat.api.KindName;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.Due;
import dev.leat.api.store.Failure;
import dev.leat.api.store.Settled;
import dev.leat.engine.Leat;
import dev.leat.engine.pull.Handle;
import dev.leat.engine.pull.Nack;
import dev.leat.engine.pull.PullConfig;
import dev.leat.engine.pull.PullQueue;
import dev.leat.engine.pull.Pulled;
import dev.leat.engine.queue.TenantQueue;
import dev.leat.wire.AckJobs;
import dev.leat.wire.ApiException;
import dev.leat.wire.DequeueJobs;
import dev.leat.wire.DequeuedJob;
import dev.leat.wire.DequeuedJobs;
import dev.leat.wire.ExtendJobs;
import dev.leat.wire.HandleAnswer;
import dev.leat.wire.HandleAnswers;
import dev.leat.wire.NackJobs;
import dev.leat.wire.RawJson;
import dev.leat.wire.ReleaseJobs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The calls of those who take jobs by themselves. */
final class PullCalls {
    private static final String NO_REASON = "not acknowledged";

    private final TenantName tenant;
    private final Leat leat;

    PullCalls(TenantName tenant, Leat leat) {
        this.tenant = tenant;
        this.leat = leat;
    }

    DequeuedJobs dequeue(QueueName queue, DequeueJobs wanted) {
        long wait = wanted.waitMillis() == null ? 0 : wanted.waitMillis();
        Checks.range("wait_millis", wait, 0, DequeueJobs.LONGEST_WAIT_MILLIS);
        List<KindName> kinds = wanted.kinds() == null ? List.of(PullConfig.MESSAGE) : wanted.kinds();
        PullQueue of = queue(queue, lease(wanted.leaseMillis()), kinds);
        try {
            return new DequeuedJobs(
                    of.batchDequeue(wanted.count() == null ? 1 : wanted.count(), Duration.ofMillis(wait)).stream()
                            .map(PullCalls::view)
                            .toList());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(e);
        }
    }

    private static ApiException interrupted(InterruptedException cause) {
        return new ApiException(
                Problems.exception(503, "INTERRUPTED", "The wait for jobs was interrupted; none was taken.")
                        .problem(),
                cause);
    }

    private static DequeuedJob view(Pulled job) {
        return new DequeuedJob(
                job.handle().toString(),
                job.job(),
                job.kind(),
                job.priority(),
                job.attempt(),
                job.maxAttempts(),
                Views.content(job.payload()),
                job.heldUntil());
    }

    HandleAnswers ack(QueueName queue, AckJobs jobs) {
        List<Handle> handles = handles(jobs.handles());
        List<RawJson> results = jobs.results();
        if (results == null) {
            return settled(queue(queue).ack(handles), handles);
        }
        if (results.size() != handles.size()) {
            throw new InvalidValueException(
                    "RESULTS_DO_NOT_FIT",
                    "results",
                    "are " + results.size() + ", for " + handles.size() + " handles",
                    "one for each handle, or none at all");
        }
        List<Payload> payloads = results.stream()
                .map(each -> Payload.of(each.bytes(), ContentType.JSON))
                .toList();
        return settled(queue(queue).ack(handles, payloads), handles);
    }

    HandleAnswers nack(QueueName queue, NackJobs jobs) {
        long delay = jobs.delayMillis() == null ? 0 : jobs.delayMillis();
        Checks.range("delay_millis", delay, 0, Due.MAX_DELAY.toMillis());
        boolean requeue = jobs.requeue() == null || jobs.requeue();
        Failure reason = Failure.of(jobs.reason() == null ? NO_REASON : jobs.reason());
        List<Handle> handles = handles(jobs.handles());
        return settled(queue(queue).nack(handles, new Nack(requeue, Duration.ofMillis(delay), reason)), handles);
    }

    HandleAnswers release(QueueName queue, ReleaseJobs jobs) {
        List<Handle> handles = handles(jobs.handles());
        return settled(queue(queue).release(handles), handles);
    }

    HandleAnswers extend(QueueName queue, ExtendJobs jobs) {
        List<Handle> handles = handles(jobs.handles());
        return answers(
                queue(queue, lease(jobs.leaseMillis()), List.of(PullConfig.MESSAGE))
                        .extend(handles),
                handles);
    }

    private PullQueue queue(QueueName name) {
        return queue(name, PullConfig.LEASE, List.of(PullConfig.MESSAGE));
    }

    private PullQueue queue(QueueName name, Duration lease, List<KindName> kinds) {
        return leat.queue(new PullConfig(new TenantQueue(tenant, name), kinds, lease));
    }

    private static Duration lease(@Nullable Long millis) {
        return millis == null ? PullConfig.LEASE : Duration.ofMillis(millis);
    }

    private static List<Handle> handles(@Nullable List<String> texts) {
        if (texts == null) {
            throw new InvalidValueException("FIELD_MISSING", "handles", "are missing", "1 to 1,000 handles");
        }
        Checks.range("handles", texts.size(), 1, PullQueue.MOST);
        List<Handle> handles = new ArrayList<>(texts.size());
        for (String text : texts) {
            try {
                handles.add(Handle.parse(text));
            } catch (InvalidValueException e) {
                throw e.in("handles[" + handles.size() + "]");
            }
        }
        return handles;
    }

    private static HandleAnswers settled(List<Settled> answers, List<Handle> handles) {
        return answers(answers.stream().map(Settled::accepted).toList(), handles);
    }

    private static HandleAnswers answers(List<Boolean> accepted, List<Handle> handles) {
        List<HandleAnswer> answers = new ArrayList<>(handles.size());
        for (int i = 0; i < handles.size(); i++) {
            answers.add(new HandleAnswer(handles.get(i).toString(), accepted.get(i)));
        }
        return new HandleAnswers(answers);
    }
}
