package dev.leat.verify.torture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.verify.history.Event;
import dev.leat.verify.history.Phase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkersTest {
    private final List<Event> history = new ArrayList<>();
    private final Marks marks = new Marks(history::addAll);
    private final Workers workers = new Workers(marks);

    @Test
    void onlyWhenTheLastIsGoneSomethingIsBrokenUntilTheNextComes() {
        workers.came();
        workers.came();
        workers.gone();
        assertThat(history).isEmpty();

        workers.gone();
        assertThat(marks.now()).containsExactly("no-worker of workers");

        workers.came();
        workers.came();
        assertThat(marks.now()).isEmpty();
        assertThat(history).extracting(Event::phase).containsExactly(Phase.INVOKE, Phase.OK);
    }
}
