package dev.leat.verify.torture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.engine.memory.InMemoryJobStore;
import dev.leat.verify.history.Event;
import dev.leat.verify.history.Op;
import dev.leat.verify.history.Phase;
import dev.leat.verify.history.RecordedJobStore;
import dev.leat.verify.history.Recorder;
import dev.leat.verify.simulation.VirtualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class KeysAtEndTest {
    private final List<Event> history = new ArrayList<>();
    private final AtomicLong clock = new AtomicLong();
    private final KeysAtEnd keys = new KeysAtEnd(new RecordedJobStore(
            new InMemoryJobStore(new VirtualClock()),
            new Recorder("torture", clock::incrementAndGet, history::addAll)));

    private List<Event> asked() {
        history.clear();
        keys.ask();
        return history.stream()
                .filter(event -> event.op() == Op.ENQUEUE && event.phase() == Phase.INVOKE)
                .toList();
    }

    private List<String> answers() {
        return history.stream()
                .filter(event -> event.phase() == Phase.OK)
                .map(event -> String.valueOf(event.word()))
                .toList();
    }

    @Test
    void everyKeyIsAskedForOnceAndOneThatSomebodyHasShows() {
        keys.tellTime();

        assertThat(asked())
                .extracting(event -> event.queue() + " " + event.uniqueKey())
                .containsExactlyInAnyOrder("mail a", "mail b", "video a", "video b");
        assertThat(answers()).containsOnly("accepted");

        assertThat(asked()).hasSize(4);
        assertThat(answers()).containsOnly("held");
    }
}
