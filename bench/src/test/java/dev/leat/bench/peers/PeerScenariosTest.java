package dev.leat.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.bench.Scenario;
import java.util.List;
import org.junit.jupiter.api.Test;

class PeerScenariosTest {
    @Test
    void everySystemAndScenarioIsNamedOnce() {
        assertThat(PeerScenarios.words())
                .containsExactly(
                        "graphile-worker-tuned", "graphile-worker-default", "pg-boss", "db-scheduler", "jobrunr");
        assertThat(PeerScenarios.beside(PeerScenarios.words()).scenarios())
                .extracting(Scenario::name)
                .containsExactly("drain", "drain-single", "latency-20", "latency-500");
    }

    @Test
    void leatTakesPartWhoeverElseDoes() {
        PeerScenarios some = PeerScenarios.beside(List.of("pg-boss"));

        assertThat(some.peers()).containsOnlyKeys("Leat", "pg-boss");
    }
}
