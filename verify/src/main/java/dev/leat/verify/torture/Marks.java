package dev.leat.verify.torture;

import dev.leat.verify.history.Event;
import dev.leat.verify.history.Op;
import dev.leat.verify.history.Phase;
import dev.leat.verify.history.Recorder;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Writes down what is broken, and tells what is so now. Thread-safe. */
final class Marks {
    private final Consumer<List<Event>> sink;
    private final AtomicLong calls = new AtomicLong();
    private final Map<Long, String> broken = new ConcurrentSkipListMap<>();

    /** @param sink as that of a {@link Recorder} */
    Marks(Consumer<List<Event>> sink) {
        this.sink = sink;
    }

    /** Something is broken until this is closed. */
    interface Mark extends AutoCloseable {
        @Override
        void close();
    }

    Mark broken(String victim, String word) {
        long call = calls.incrementAndGet();
        broken.put(call, word + " of " + victim);
        record(victim, call, word, Phase.INVOKE);
        return () -> {
            record(victim, call, word, Phase.OK);
            broken.remove(call);
        };
    }

    /** A process was ended for good. */
    void killed(String victim, String word) {
        record(victim, calls.incrementAndGet(), word, Phase.INVOKE);
    }

    private void record(String victim, long call, String word, Phase phase) {
        new Recorder(victim, System::nanoTime, sink).record(call, Op.FAULT, phase, event -> event.word(word));
    }

    long faults() {
        return calls.get();
    }

    /** What is broken now. */
    List<String> now() {
        return List.copyOf(broken.values());
    }
}
