package dev.leat.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shows the rules about several files what breaks them and what does not. */
class TidyTreeTest {
    private static final String CLAIM = "stores/postgres/src/main/resources/dev/leat/postgres/claim.sql";

    @ParameterizedTest
    @ValueSource(strings = {"load(\"claim\")", "load(\"claim.sql\")", "load(\"/dev/leat/postgres/claim.sql\")"})
    void aQueryNamedInItsModuleIsLoaded(String code) {
        assertThat(unused("stores/postgres", code)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"load(\"reclaim\")", "load(\"claims\")", "claim()", "// \"claim\""})
    void aQueryThatNobodyNamesIsFound(String code) {
        assertThat(unused("stores/postgres", code))
                .hasSize(1)
                .first()
                .asString()
                .startsWith(CLAIM);
    }

    @Test
    void anotherModulesNameDoesNotCount() {
        assertThat(unused("engine", "load(\"claim\")")).hasSize(1);
    }

    @Test
    void aMigrationIsLoadedByItsFolder() {
        assertThat(TidyTree.unusedQueries(
                        List.of(new SourceFile("stores/postgres/src/main/resources/leat/migration/V1__jobs.sql", ""))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[a](gone.md)",
                "[a](../gone.md)",
                "[a](../../README.md)",
                "[a](page.md#gone)",
                "[a](#gone)",
                "![a](gone.png \"title\")",
                "[a]: gone.md"
            })
    void aLinkThatLeadsNowhereIsFound(String text) {
        assertThat(broken(text)).hasSize(1).first().asString().startsWith("docs/page.md:1: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[a](page.md)",
                "[a](../README.md)",
                "[a](page.md#a-title-its-code)",
                "[a](#a-title-its-code)",
                "[a](https://example.org/gone)",
                "[a](mailto:a@example.org)",
                "`[a](gone.md)`",
                "```\n[a](gone.md)\n```"
            })
    void aLinkThatLeadsSomewhereOrElsewhereIsNot(String text) {
        assertThat(broken(text)).isEmpty();
    }

    private static List<String> unused(String module, String code) {
        return TidyTree.unusedQueries(List.of(
                new SourceFile(CLAIM, "SELECT 1"),
                new SourceFile(module + "/src/main/java/dev/leat/Sample.java", code)));
    }

    private static List<String> broken(String text) {
        return TidyTree.brokenLinks(
                List.of(new SourceFile("docs/page.md", "# A title, its `code`\n\n" + text)),
                Set.of("docs/page.md", "README.md")::contains);
    }
}
