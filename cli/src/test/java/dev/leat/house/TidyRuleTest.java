package dev.leat.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shows each rule what breaks it and what does not. */
class TidyRuleTest {
    private static final String MAIN = "engine/src/main/java/dev/leat/engine/Sample.java";
    private static final String TEST = "engine/src/test/java/dev/leat/engine/SampleTest.java";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "class StringUtil {}",
                "final class JobUtils {}",
                "record RetryHelper() {}",
                "class Outer { enum LeaseManager { } }",
                "class StoreImpl {}",
                "abstract class AbstractStore {}",
                "class Base {}",
                "interface BaseStore {}"
            })
    void anEmptyNameIsFound(String text) {
        assertThat(check(TidyRule.TELLING_NAMES, MAIN, text)).hasSize(1);
        assertThat(check(TidyRule.TELLING_NAMES, TEST, text)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"class Base64Text {}", "class Dispatcher { Object impl; }", "// class JobUtil {}\nclass Job {}"})
    void aTellingNameIsNot(String text) {
        assertThat(check(TidyRule.TELLING_NAMES, MAIN, text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "void run() { throw new UnsupportedOperationException(); }",
                "String text() { return \"Not yet implemented\"; }",
                "// the rest is not implemented"
            })
    void aStubIsFoundInMainCodeOnly(String text) {
        assertThat(check(TidyRule.NO_STUBS, MAIN, text)).hasSize(1);
        assertThat(check(TidyRule.NO_STUBS, TEST, text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"util", "common", "misc", "helper", "impl"})
    void anEmptyFolderIsFound(String folder) {
        assertThat(check(
                        TidyRule.TELLING_NAMES,
                        "api/src/main/java/dev/leat/api/" + folder + "/Job.java",
                        "class Job {}"))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "long t = System.currentTimeMillis();",
                "LongSupplier t = System::currentTimeMillis;",
                "Instant t = Instant.now();",
                "Supplier<Instant> t = Instant::now;",
                "Clock c = Clock.systemUTC();",
                "InstantSource c = InstantSource.system();",
                "var t = LocalDateTime.now();",
                "var t = ZonedDateTime\n    .now(zone);",
                "var t = new Date();",
                "import static java.time.Instant.now;"
            })
    void aLookAtTheWallClockIsFoundInMainCodeOnly(String text) {
        assertThat(check(TidyRule.NO_WALL_CLOCK, MAIN, text)).hasSize(1);
        assertThat(check(TidyRule.NO_WALL_CLOCK, TEST, text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "long t = System.nanoTime();",
                "var t = new Date(0);",
                "// Instant.now() would be wrong here",
                "String t = \"Instant.now()\";",
                "Instant t = clock.instant();"
            })
    void whatOnlySpeaksOfTheWallClockIsNot(String text) {
        assertThat(check(TidyRule.NO_WALL_CLOCK, MAIN, text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Thread.sleep(1);", "TimeUnit.SECONDS.sleep(1);", "run(Thread::sleep);"})
    void aSleepIsFoundInTestsToo(String text) {
        assertThat(check(TidyRule.NO_SLEEP, MAIN, text)).hasSize(1);
        assertThat(check(TidyRule.NO_SLEEP, TEST, text)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"System.out.println();", "System.err.println();", "e.printStackTrace();"})
    void aWordToTheConsoleIsFoundOutsideThePrograms(String text) {
        assertThat(check(TidyRule.NO_CONSOLE, MAIN, text)).hasSize(1);
        assertThat(check(TidyRule.NO_CONSOLE, "cli/src/main/java/dev/leat/cli/Sample.java", text))
                .isEmpty();
        assertThat(check(TidyRule.NO_CONSOLE, TEST, text)).isEmpty();
    }

    @Test
    void aStackTraceThatGoesElsewhereIsNot() {
        assertThat(check(TidyRule.NO_CONSOLE, MAIN, "e.printStackTrace(new PrintWriter(text));"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TO" + "DO", "FIX" + "ME", "X" + "XX"})
    void unfinishedWorkIsFoundInEveryKindOfFile(String word) {
        assertThat(check(TidyRule.NOTHING_LEFT_OVER, MAIN, "int a; // " + word + ": b"))
                .hasSize(1);
        assertThat(check(TidyRule.NOTHING_LEFT_OVER, "README.md", "Later\n" + word))
                .containsExactly("README.md:2: is unfinished; finish it");
        assertThat(check(TidyRule.NOTHING_LEFT_OVER, "README.md", word + "S")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@Disabled void a() {}",
                "@Disabled(\"slow\") class A {}",
                "@org.junit.jupiter.api.Disabled void a() {}"
            })
    void aDisabledTestIsFound(String text) {
        assertThat(check(TidyRule.NO_DISABLED_TEST, TEST, text)).hasSize(1);
    }

    @Test
    void aLongFileIsFoundInMainCodeOnly() {
        assertThat(check(TidyRule.SHORT_FILES, MAIN, "\n".repeat(801))).hasSize(1);
        assertThat(check(TidyRule.SHORT_FILES, MAIN, "\n".repeat(800))).isEmpty();
        assertThat(check(TidyRule.SHORT_FILES, TEST, "\n".repeat(801))).isEmpty();
    }

    @Test
    void aFindingNamesFileAndLine() {
        assertThat(check(TidyRule.NO_SLEEP, MAIN, "/* one\n two */\nThread.sleep(1);"))
                .containsExactly(MAIN + ":3: sleeps; wait for a signal or a condition");
    }

    @Test
    void anExceptionHoldsForItsFileAndMustBeNeeded() {
        List<SourceFile> files = List.of(new SourceFile(MAIN, "Thread.sleep(1);"));
        assertThat(TidyTree.violations(TidyRule.NO_SLEEP, Set.of(), files)).hasSize(1);
        assertThat(TidyTree.violations(TidyRule.NO_SLEEP, Set.of(MAIN), files)).isEmpty();
        assertThat(TidyTree.idleExceptions(TidyRule.NO_SLEEP, Set.of(MAIN, "gone.java"), files))
                .containsExactly("gone.java");
    }

    private static List<String> check(TidyRule rule, String path, String text) {
        return rule.check(new SourceFile(path, text));
    }
}
