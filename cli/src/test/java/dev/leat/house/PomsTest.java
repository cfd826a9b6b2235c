package dev.leat.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PomsTest {
    private static final ArchitecturePage PAGE = ArchitecturePage.of("""
        # Architecture
        ## Code map
        | module | what it is for |
        |---|---|
        | `api/` | values |
        | `stores/postgres/` | a store |
        | `testkit/` | tests |
        ## Allowed dependencies
        | module | may depend on | its tests may also use |
        |---|---|---|
        | `api/` | nothing | nothing |
        | `stores/postgres/` | `api/` | `testkit/` |
        | `testkit/` | `api/` | nothing |
        """);

    @Test
    void readsModulesAndEdges() {
        assertThat(PAGE.codeMap()).containsExactly("api", "stores/postgres", "testkit");
        assertThat(Poms.modules("<project><modules><module>api</module><module>a/b</module></modules></project>"))
                .containsExactly("api", "a/b");
        assertThat(Poms.edges("testkit", pom("leat-testkit", "leat-api", "test")))
                .containsExactly(new Poms.Edge("testkit", "leat-api", true));
    }

    @Test
    void aForbiddenEdgeIsFoundInWhateverScope() {
        assertThat(violations("leat-api", "compile")).isEmpty();
        assertThat(violations("leat-testkit", "test")).isEmpty();
        assertThat(violations("leat-testkit", "runtime"))
                .containsExactly("stores/postgres/pom.xml: stores/postgres may not depend on testkit");
        assertThat(violations("leat-engine", "test"))
                .containsExactly(
                        "stores/postgres/pom.xml: stores/postgres may not depend on leat-engine, not even its tests");
    }

    @Test
    void anUnclearTableIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ArchitecturePage.of("""
                    # Code map
                    # Allowed dependencies
                    | module | may depend on | its tests may also use |
                    |---|---|---|
                    | `api/` | something | nothing |
                    """))
                .withMessageContaining("something");
    }

    private static List<String> violations(String artifact, String scope) {
        return Poms.violations(
                PAGE,
                Map.of(
                        "api", pom("leat-api", "", ""),
                        "testkit", pom("leat-testkit", "leat-api", "compile"),
                        "stores/postgres", pom("leat-postgres", artifact, scope)));
    }

    private static String pom(String artifact, String dependency, String scope) {
        String edge = dependency.isEmpty()
                ? ""
                : "<dependency><groupId>dev.leat</groupId><artifactId>" + dependency + "</artifactId><scope>" + scope
                        + "</scope></dependency>";
        return "<project><artifactId>" + artifact + "</artifactId><dependencies>" + edge + "</dependencies></project>";
    }
}
