package dev.leat.verify.history;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The calls that were made and not answered yet. */
final class OpenCalls {
    private final Map<CallId, Call> calls = new HashMap<>();

    record CallId(String process, long call, Op op) {
        static CallId of(Event event) {
            return new CallId(event.process(), event.call(), event.op());
        }
    }

    record ItemId(long job, long token) {
        static ItemId of(Event event) {
            return new ItemId(event.job(), event.token());
        }
    }

    /**
     * One settlement, renewal or amendment of a call, as it was when it was sent.
     *
     * @param superseded whether its lease was over
     * @param storeTime what the store's clock had come to
     * @param retries by hand of the job that were done
     * @param ticket of an amendment
     */
    record Item(Event asked, boolean superseded, long storeTime, int retries, int ticket) {}

    /** One call. */
    static final class Call {
        final long at;
        final Map<ItemId, Item> items = new LinkedHashMap<>(4);
        /** The most jobs that it asks for. */
        int most;

        long epoch;
        private Set<Long> jobs = Set.of();
        private int open;

        Call(long at) {
            this.at = at;
        }

        /** One of the jobs that it is answered with; false if it was before. */
        boolean handsOut(long job) {
            jobs = jobs.isEmpty() ? new HashSet<>() : jobs;
            return jobs.add(job);
        }

        int handedOut() {
            return jobs.size();
        }
    }

    /** The call that an event begins, or goes on to ask. */
    Call began(Event event) {
        Call call = calls.computeIfAbsent(CallId.of(event), id -> new Call(event.at()));
        call.open++;
        return call;
    }

    @Nullable
    Call of(Event event) {
        return calls.get(CallId.of(event));
    }

    void remove(CallId id) {
        calls.remove(id);
    }

    @Nullable
    Call remove(Event event) {
        return calls.remove(CallId.of(event));
    }

    /** Takes one answer; whether the call was known, and not answered yet. */
    boolean answered(Event event) {
        CallId id = CallId.of(event);
        Call call = calls.get(id);
        if (call != null && --call.open == 0) {
            calls.remove(id);
        }
        return call != null;
    }

    /** Takes the item that an event answers. */
    @Nullable
    Item item(Event event) {
        CallId id = CallId.of(event);
        Call call = calls.get(id);
        if (call == null) {
            return null;
        }
        Item item = call.items.remove(ItemId.of(event));
        if (call.items.isEmpty()) {
            calls.remove(id);
        }
        return item;
    }
}
