package dev.leat.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Style as a test: what a reviewer would otherwise have to say every time. */
class TidyTest {
    private static final SourceTree TREE = SourceTree.here();
    private static final List<SourceFile> FILES = TREE.files();

    /** Files that may break a rule, each with the reason. An entry that is no longer needed is an error too. */
    private static final Map<TidyRule, Map<String, String>> EXCEPTIONS = Map.of(
            TidyRule.NO_WALL_CLOCK,
            Map.of(
                    "testkit/src/main/java/dev/leat/testkit/StoreClock.java",
                    "is the clock that tests set, on top of real time",
                    "stores/sqlite/src/main/java/dev/leat/sqlite/SqliteConfig.java",
                    "is where the one clock of that store comes from, which has no server to ask",
                    "stores/kv/src/main/java/dev/leat/kv/KvConfig.java",
                    "is where the one clock of that store comes from, which has no server to ask",
                    "cli/src/main/java/dev/leat/cli/screen/Ages.java",
                    "tells a person how long ago something was, and decides nothing"));

    @ParameterizedTest
    @EnumSource
    void everyFileKeepsTheRule(TidyRule rule) {
        assertThat(TidyTree.violations(rule, exceptions(rule), FILES)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void noExceptionOutlivesItsReason(TidyRule rule) {
        assertThat(TidyTree.idleExceptions(rule, exceptions(rule), FILES)).isEmpty();
    }

    @Test
    void everyQueryIsLoaded() {
        assertThat(TidyTree.unusedQueries(FILES)).isEmpty();
    }

    @Test
    void everyLinkLeadsSomewhere() {
        assertThat(TidyTree.brokenLinks(FILES, path -> Files.exists(TREE.root().resolve(path))))
                .isEmpty();
    }

    @Test
    void theWalkFindsTheRepository() {
        assertThat(FILES)
                .extracting(SourceFile::path)
                .contains(
                        "leat",
                        "pom.xml",
                        "ARCHITECTURE.md",
                        ".ci/run",
                        "api/src/main/java/dev/leat/api/package-info.java");
    }

    private static Set<String> exceptions(TidyRule rule) {
        return EXCEPTIONS.getOrDefault(rule, Map.of()).keySet();
    }
}
