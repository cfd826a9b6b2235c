package dev.leat.verify.history;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** One process's part of a history. Thread-safe; its events come one after the other, each no earlier than the last. */
public final class Recorder {
    private final String process;
    private final LongSupplier clock;
    private final Consumer<List<Event>> sink;
    private final AtomicLong calls = new AtomicLong();

    /**
     * Writes down what one process does.
     *
     * @param process a name that no other process of the run has
     * @param clock nanoseconds; all processes of a run must share it, as they do {@link System#nanoTime} on Linux
     * @param sink takes events; called by one thread at a time, and returns when they outlive this process
     */
    public Recorder(String process, LongSupplier clock, Consumer<List<Event>> sink) {
        this.process = process;
        this.clock = clock;
        this.sink = sink;
    }

    /** A number for a new call. */
    public long call() {
        return calls.incrementAndGet();
    }

    /** One event for each item; of a phase without items, one that only says that the call has come so far. */
    public <T> void record(long call, Op op, Phase phase, List<T> items, BiConsumer<Event.Builder, T> fields) {
        synchronized (sink) {
            long now = clock.getAsLong();
            if (items.isEmpty()) {
                sink.accept(List.of(Event.of(now, process, call, op, phase).build()));
                return;
            }
            sink.accept(items.stream()
                    .map(item -> {
                        Event.Builder event = Event.of(now, process, call, op, phase);
                        fields.accept(event, item);
                        return event.build();
                    })
                    .toList());
        }
    }

    /** One event. */
    public void record(long call, Op op, Phase phase, Consumer<Event.Builder> fields) {
        record(call, op, phase, List.of(op), (event, same) -> fields.accept(event));
    }
}
