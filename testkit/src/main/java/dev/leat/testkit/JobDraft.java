package dev.leat.testkit;

import dev.leat.api.ContentType;
import dev.leat.api.JobId;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.store.Due;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.UniqueKey;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A job in the making, with a value for everything that a test does not care about. */
final class JobDraft {
    private final long second;
    private final AtomicInteger counter;
    private Lane lane = Subject.LANE;
    private IntFunction<Payload> payload = n -> Payload.json("{\"n\":" + n + "}");
    private int priority = NewJob.DEFAULT_PRIORITY;
    private int maxAttempts = NewJob.DEFAULT_MAX_ATTEMPTS;
    private Due due = Due.now();
    private @Nullable UniqueKey uniqueKey;

    /** @param counter of ids, shared by all drafts of a test so that each run of ids is contiguous and new */
    JobDraft(long second, AtomicInteger counter) {
        this.second = second;
        this.counter = counter;
    }

    JobDraft lane(Lane lane) {
        this.lane = lane;
        return this;
    }

    JobDraft payload(Payload payload) {
        this.payload = n -> payload;
        return this;
    }

    JobDraft payload(byte[] bytes) {
        return payload(Payload.of(bytes, ContentType.BYTES));
    }

    /** @param sizes the size in bytes of the payload, by the place of the job among those of {@link #times} */
    JobDraft sized(IntFunction<Integer> sizes) {
        this.payload = n -> Payload.of(new byte[sizes.apply(n)], ContentType.BYTES);
        return this;
    }

    JobDraft priority(int priority) {
        this.priority = priority;
        return this;
    }

    JobDraft maxAttempts(int maxAttempts) {
        this.maxAttempts = maxAttempts;
        return this;
    }

    JobDraft due(Due due) {
        this.due = due;
        return this;
    }

    JobDraft unique(UniqueKey key) {
        this.uniqueKey = key;
        return this;
    }

    NewJob one() {
        return times(1).get(0);
    }

    /** That many jobs with contiguous ids. */
    List<NewJob> times(int n) {
        int first = counter.getAndAdd(n);
        return IntStream.range(0, n)
                .mapToObj(i -> new NewJob(
                        JobId.of(second, 7, first + i),
                        1_000_003L * (first + i),
                        lane,
                        payload.apply(i),
                        priority,
                        maxAttempts,
                        due,
                        uniqueKey))
                .toList();
    }
}
