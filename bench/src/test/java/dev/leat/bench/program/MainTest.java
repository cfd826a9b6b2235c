package dev.leat.bench.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.engine.codec.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void whatIsAskedForIsMeasuredAndTheJsonHasEveryRun() {
        String only = "bulk-enqueue,drain-singles,results";
        int code = run(("bench postgres --json --jobs 300 --warmups 0 --runs 1 --repeats 0 --only " + only).split(" "));

        assertThat(err.toString()).doesNotContain("failed");
        assertThat(code).isZero();
        Map<?, ?> result = Json.STRICT.read(out.toString(), Map.class);
        assertThat(list(result, "scenarios")).extracting("name").containsExactly((Object[]) only.split(","));
        for (Map<?, ?> scenario : list(result, "scenarios")) {
            assertThat(list(scenario, "contenders")).hasSizeGreaterThan(1);
            for (Map<?, ?> contender : list(scenario, "contenders")) {
                assertThat(list(contender, "runs"))
                        .hasSize(1)
                        .allSatisfy(run -> assertThat(run.get("jobsPerSecond")).isNotNull());
            }
        }
        assertThat((Map<?, ?>) result.get("ratios"))
                .extracting("bulk enqueue vs raw COPY", "drain of singles vs classic table")
                .doesNotContainNull();
        assertThat((Map<?, ?>) result.get("failures")).isEmpty();
    }

    @Test
    void aScenarioThatIsUnknownIsRefusedWithThoseThereAre() {
        assertThat(run("postgres", "--only", "nothing")).isEqualTo(2);
        assertThat(err.toString()).contains("--only has nothing").contains("drain");
    }

    @Test
    void asJsonARefusalIsAProblem() {
        assertThat(run("postgres", "--runs", "0", "--json")).isEqualTo(2);
        assertThat(Json.STRICT.read(err.toString(), Map.class).get("code")).isEqualTo("USAGE");
        assertThat(out.toString()).isEmpty();
    }

    private int run(String... args) {
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    @SuppressWarnings("unchecked")
    private static List<Map<?, ?>> list(Map<?, ?> of, String name) {
        return (List<Map<?, ?>>) of.get(name);
    }
}
