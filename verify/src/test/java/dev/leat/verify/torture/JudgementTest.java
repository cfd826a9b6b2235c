package dev.leat.verify.torture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.verify.history.Event;
import dev.leat.verify.history.HistoryFile;
import dev.leat.verify.history.Invariant;
import dev.leat.verify.history.Op;
import dev.leat.verify.history.Phase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JudgementTest {
    private static final Duration SLACK = Duration.ofSeconds(6);
    private static final long SECOND = 1_000_000_000L;

    @TempDir
    private Path folder;

    @Test
    void aLostJobIsToldWithWhatWasBrokenAroundIt() {
        try (HistoryFile producer = HistoryFile.create(folder, "producer-1.0");
                HistoryFile torture = HistoryFile.create(folder, "torture")) {
            producer.accept(List.of(
                    event(10, "producer-1.0", Op.ENQUEUE, Phase.INVOKE)
                            .job(5)
                            .lane("one", "mail", "work")
                            .build(),
                    event(11, "producer-1.0", Op.ENQUEUE, Phase.OK)
                            .job(5)
                            .word("accepted")
                            .build()));
            torture.accept(List.of(
                    event(12, "server", Op.FAULT, Phase.INVOKE)
                            .word("server-kill")
                            .build(),
                    event(13, "server", Op.FAULT, Phase.OK).word("server-kill").build(),
                    event(90, "worker-1.0", Op.FAULT, Phase.INVOKE)
                            .word("kill-running")
                            .build()));
        }

        Judgement judgement = Judgement.of(folder, SLACK);

        assertThat(judgement.verdict().lost()).isEqualTo(1);
        assertThat(judgement.kinds()).isEqualTo(Map.of("server-kill", 1, "kill-running", 1));
        Judgement.Finding finding = judgement.findings().getFirst();
        assertThat(finding.violation().invariant()).isEqualTo(Invariant.I1);
        assertThat(finding.enough()).extracting(Event::op).containsOnly(Op.ENQUEUE);
        assertThat(finding.faults()).extracting(Event::word).containsExactly("server-kill", "server-kill");
    }

    private static Event.Builder event(long second, String process, Op op, Phase phase) {
        return Event.of(second * SECOND, process, 1, op, phase);
    }
}
