package dev.leat.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the script {@code leat} in a world of its own: a copy of it, JDKs that only say who they are, no environment. */
class LauncherScriptTest {
    private static final List<String> TOOLS = List.of(
            "cat", "env", "find", "grep", "head", "mkdir", "mv", "readlink", "rm", "sh", "sleep", "tee", "touch");

    @TempDir
    private Path world;

    private Path clone;
    private Path bin;
    private Path jvms;
    private Path jar;
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void copyTheScript() throws IOException {
        clone = Files.createDirectories(world.resolve("a clone"));
        bin = Files.createDirectories(world.resolve("bin"));
        jvms = Files.createDirectories(world.resolve("jvms"));
        jar = clone.resolve("cli/target/leat.jar");
        Files.copy(SourceTree.here().root().resolve("leat"), clone.resolve("leat"));
        for (String tool : TOOLS) {
            executable(bin.resolve(tool), "exec " + systemTool(tool) + " \"$@\"");
        }
        environment.put("PATH", bin.toString());
        environment.put("HOME", world.toString());
        environment.put("LEAT_JVM_DIRS", jvms.toString());
        environment.put("LANG", "en_US.UTF-8");
        write(jar, "the program");
    }

    @Test
    void withoutAJdkItSaysWhereItLookedAndWhatToDo() throws Exception {
        Path old = jdk("jvms/seventeen", "17.0.15");
        environment.put("JAVA_HOME", old.toString());
        Files.createSymbolicLink(bin.resolve("java"), old.resolve("bin/java"));

        Ended ended = leat();

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err().lines())
                .containsExactly(
                        "leat: no JDK 25 or newer found. Looked at:",
                        "  LEAT_JAVA_HOME: not set",
                        "  JAVA_HOME: " + old + " is version 17.0.15",
                        "  java on the PATH: " + old + " is version 17.0.15",
                        "  " + jvms + ": 17.0.15",
                        "leat: install one, for example Temurin 25, or set LEAT_JAVA_HOME to the folder of one.");
    }

    @Test
    void amongManyItTakesTheOldestThatIsNewEnough() throws Exception {
        jdk("jvms/a-twenty-seven", "27-ea");
        jdk("jvms/b-eight", "1.8.0_402");
        jdk("jvms/c-twenty-five", "25.0.3");
        jdk("jvms/d-twenty-one", "21.0.9");
        write(jvms.resolve("e-no-jdk/release"), "JAVA_VERSION=\"25\"\n");

        assertThat(leat().out()).contains("jdk=25.0.3");
    }

    @Test
    void itFindsTheHomeInsideAMacBundle() throws Exception {
        jdk("jvms/temurin-25.jdk/Contents/Home", "25.0.1");

        assertThat(leat().out()).contains("jdk=25.0.1");
    }

    @Test
    void javaHomeAndThePathComeBeforeTheFolders() throws Exception {
        jdk("jvms/twenty-five", "25.0.1");
        Path onPath = jdk("path/twenty-six", "26.0.2");
        Files.createSymbolicLink(bin.resolve("java-link"), onPath.resolve("bin/java"));
        Files.createSymbolicLink(bin.resolve("java"), Path.of("java-link"));
        assertThat(leat().out()).contains("jdk=26.0.2");

        environment.put("JAVA_HOME", jdk("home/twenty-seven", "27").toString());
        assertThat(leat().out()).contains("jdk=27");

        environment.put("JAVA_HOME", jdk("home/seventeen", "17.0.15").toString());
        assertThat(leat().out()).contains("jdk=26.0.2");
    }

    @Test
    void whatLeatJavaHomeNamesIsTakenOrRefused() throws Exception {
        jdk("jvms/twenty-five", "25.0.1");
        environment.put("LEAT_JAVA_HOME", jdk("chosen/twenty-eight", "28").toString());
        assertThat(leat().out()).contains("jdk=28");

        Path old = jdk("chosen/twenty-one", "21.0.9");
        environment.put("LEAT_JAVA_HOME", old.toString());
        Ended refused = leat();
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("LEAT_JAVA_HOME: " + old + " is version 21.0.9");
    }

    @Test
    void theProgramGetsTheArgumentsTheOptionsAndTheProcess() throws Exception {
        jdk("jvms/twenty-five", "25.0.1");
        environment.put("LEAT_JAVA_OPTS", "-Xmx64m -Dname=value");
        Path link = Files.createSymbolicLink(world.resolve("link"), Path.of("a clone/leat"));

        Started started = start(link, "enqueue", "two words", "");
        Ended ended = started.ended();

        assertThat(ended.code()).isEqualTo(7);
        assertThat(ended.out())
                .contains("pid=" + started.process().pid() + "\n")
                .endsWith("[-Xmx64m][-Dname=value][-jar][" + jar.toRealPath() + "][enqueue][two words][]\n");
        assertThat(ended.err()).isEmpty();
    }

    @Test
    void aNodeIsGivenLittleMemoryAndWhatWasChosenGoesBefore() throws Exception {
        jdk("jvms/twenty-five", "25.0.1");
        assertThat(leat("dev").out()).contains("[-Xms16m][-Xmx256m]");
        assertThat(leat("server").out()).contains("[-Xms16m][-Xmx256m]");
        assertThat(leat("jobs").out()).contains("[-XX:+UseSerialGC]").doesNotContain("-Xmx");

        environment.put("LEAT_JAVA_OPTS", "-XX:+UseZGC -Xmx1g");
        assertThat(leat("dev").out())
                .containsPattern("\\[-Xmx256m].*\\[-Xmx1g]")
                .doesNotContain("SerialGC");
    }

    @Test
    void aLocaleThatCannotWriteEveryLetterIsReplaced() throws Exception {
        jdk("jvms/twenty-five", "25.0.1");
        assertThat(leat().out()).contains("LC_ALL=\n");

        environment.put("LC_ALL", "POSIX");
        assertThat(leat().out()).containsPattern("LC_ALL=(C|en_US)\\.UTF-8\n");
    }

    @Test
    void theClassesOfAStartAreRecordedOnceAndUsedAfterwards() throws Exception {
        jdk("jvms/twenty-five", "25.0.1");
        Path recording = clone.toRealPath().resolve("cli/target/leat-25.0.1.aot");

        Ended first = leat();
        assertThat(first.out().lines().filter(line -> line.startsWith("jdk="))).hasSize(1);
        assertThat(first.out()).contains("[-XX:AOTCache=" + recording + "]");

        FileTime made = Files.getLastModifiedTime(recording);
        assertThat(leat().out()).contains("[-XX:AOTCache=" + recording + "]");
        assertThat(Files.getLastModifiedTime(recording)).isEqualTo(made);
    }

    @Test
    void aJdkThatCannotRecordIsAskedOnlyOnce() throws Exception {
        jdk("jvms/twenty-five", "25.0.1");
        environment.put("CANNOT_RECORD", "true");

        assertThat(leat().out()).doesNotContain("AOTCache");
        assertThat(clone.resolve("cli/target/leat-25.0.1.aot")).isEmptyFile();
        environment.remove("CANNOT_RECORD");
        assertThat(leat().out()).doesNotContain("AOTCache");
    }

    @Test
    void aMissingProgramIsBuiltAndTheProgressIsShown() throws Exception {
        jdk("jvms/twenty-five", "25.0.1");
        sources();
        maven("""
            echo '[INFO] Building Leat API 0.1.0-SNAPSHOT          [2/7]'
            echo '[INFO] noise'
            mkdir -p cli/target; echo built > cli/target/leat.jar
            """);
        Files.delete(jar);

        Ended ended = leat();

        assertThat(ended.code()).isEqualTo(7);
        assertThat(ended.out()).startsWith("jdk=25.0.1").doesNotContain("INFO");
        assertThat(ended.err().lines())
                .containsExactly(
                        "leat: building cli/target/leat.jar (log: "
                                + clone.toRealPath().resolve("target/leat-build.log") + ")",
                        "leat:   [2/7] Leat API");
        assertThat(leat().err()).isEmpty();
    }

    @Test
    void aChangedOrDeletedSourceBuildsAgainAndATestDoesNot() throws Exception {
        jdk("jvms/twenty-five", "25.0.1");
        Path source = sources();
        maven("echo built > cli/target/leat.jar");
        assertThat(leat().err()).isEmpty();

        touch(source, 60);
        assertThat(leat().err()).contains("leat: building");

        touch(source, 0);
        touch(write(clone.resolve("api/src/test/java/ATest.java"), "test"), 120);
        touch(write(clone.resolve("bench/pom.xml"), "<project/>"), 120);
        touch(jar, 60);
        assertThat(leat().err()).isEmpty();

        Files.delete(source);
        touch(source.getParent(), 120);
        assertThat(leat().err()).contains("leat: building");
    }

    @Test
    void theBenchmarksAreAProgramOfTheirOwn() throws Exception {
        jdk("jvms/twenty-five", "25.0.1");
        sources();
        write(clone.resolve("bench/pom.xml"), "<project/>");
        touch(write(clone.resolve("cli/src/main/java/B.java"), "class B {}"), 60);
        maven("echo \"$@\" > asked; mkdir -p bench/target; echo built > bench/target/leat-bench.jar");

        Ended ended = leat("bench", "postgres", "--json");

        assertThat(ended.err()).contains("leat: building bench/target/leat-bench.jar");
        assertThat(clone.resolve("asked")).content().contains("-pl bench -am -Dbench.jar package");
        assertThat(ended.out())
                .contains("[-Xmx4g]")
                .doesNotContain("AOTCache")
                .endsWith("[-jar][" + clone.toRealPath().resolve("bench/target/leat-bench.jar")
                        + "][bench][postgres][--json]\n");
        assertThat(jar).hasContent("the program");

        touch(clone.resolve("cli/src/main/java/B.java"), 120);
        assertThat(leat("bench").err()).isEmpty();
        touch(clone.resolve("bench/pom.xml"), 120);
        assertThat(leat("bench").err()).contains("leat: building");
    }

    @Test
    void withoutACheckoutTheBenchmarksSayThatTheyNeedOne() throws Exception {
        jdk("jvms/twenty-five", "25.0.1");

        Ended ended = leat("bench", "postgres");

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err())
                .isEqualTo("leat: the benchmarks are built from a checkout of Leat, and " + clone.toRealPath()
                        + " is none.\n");
    }

    @Test
    void aSourceSavedWhileTheBuildRunsIsBuiltNextTime() throws Exception {
        jdk("jvms/twenty-five", "25.0.1");
        sources();
        // File times are only so fine: a source saved within milliseconds of the start would look as old as it.
        maven("sleep 0.1; echo changed > api/src/main/java/A.java; echo built > cli/target/leat.jar");
        Files.delete(jar);

        assertThat(leat().err()).contains("leat: building");
        maven("echo built > cli/target/leat.jar");
        assertThat(leat().err()).contains("leat: building");
        assertThat(leat().err()).isEmpty();
    }

    @Test
    void aFailedBuildShowsItsErrorsAndNamesItsLog() throws Exception {
        jdk("jvms/twenty-five", "25.0.1");
        sources();
        maven("echo '[ERROR] no such symbol'; echo '[INFO] noise'; exit 1");
        Files.delete(jar);

        Ended ended = leat();

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err())
                .contains("[ERROR] no such symbol")
                .doesNotContain("noise")
                .endsWith("leat: the build failed; all it said is in "
                        + clone.toRealPath().resolve("target/leat-build.log") + "\n");
        assertThat(clone.resolve("target/leat.lock")).doesNotExist();
    }

    @Test
    void withoutMavenItSaysWhatIsMissing() throws Exception {
        jdk("jvms/twenty-five", "25.0.1");
        sources();
        Files.delete(jar);

        Ended ended = leat();

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err()).contains("Maven (mvn, 3.8.7 or newer) is not on the PATH");
    }

    @Test
    void twoAtOnceBuildOnce() throws Exception {
        jdk("jvms/twenty-five", "25.0.1");
        sources();
        maven("""
            echo once >> builds
            until [ -f go ]; do sleep 0.05; done
            mkdir -p cli/target; echo built > cli/target/leat.jar
            """);
        Files.delete(jar);

        Started first = start(clone.resolve("leat"));
        Started second = start(clone.resolve("leat"));
        await().until(() -> Files.readString(first.err()).contains("waiting for the build that process")
                || Files.readString(second.err()).contains("waiting for the build that process"));
        Files.createFile(clone.resolve("go"));

        assertThat(first.ended().code()).isEqualTo(7);
        assertThat(second.ended().code()).isEqualTo(7);
        assertThat(clone.resolve("builds")).hasContent("once");
    }

    @Test
    void aLockLeftBehindIsTakenOver() throws Exception {
        jdk("jvms/twenty-five", "25.0.1");
        sources();
        maven("echo built > cli/target/leat.jar");
        Process dead = new ProcessBuilder("sh", "-c", "exit 0").start();
        dead.waitFor();
        write(clone.resolve("target/leat.lock/pid"), dead.pid() + "\n");

        assertThat(leat().code()).isEqualTo(7);
        assertThat(clone.resolve("target/leat.lock")).doesNotExist();
    }

    private Ended leat(String... arguments) throws Exception {
        return start(clone.resolve("leat"), arguments).ended();
    }

    private Started start(Path script, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(systemTool("bash").toString(), script.toString()));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile(world, "out", "");
        Path err = Files.createTempFile(world, "err", "");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(world.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return new Started(builder.start(), out, err);
    }

    private record Ended(int code, String out, String err) {}

    private record Started(Process process, Path out, Path err) {
        Ended ended() throws Exception {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
                fail("The script did not end. It said: " + Files.readString(out) + Files.readString(err));
            }
            return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
        }
    }

    /** A JDK whose java says what it was started with, ends with 7, and records classes when told to. */
    private Path jdk(String folder, String version) throws IOException {
        Path home = world.resolve(folder);
        write(home.resolve("release"), "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"" + version + "\"\n");
        executable(home.resolve("bin/javac"), "exit 0");
        executable(home.resolve("bin/java"), """
            for argument; do
              case $argument in
                -XX:AOTCacheOutput=*)
                  [ -n "$CANNOT_RECORD" ] || echo recording > "${argument#*=}"
                  echo 'this must not be seen'
                  exit 0 ;;
              esac
            done
            echo "jdk=VERSION"
            echo "pid=$$"
            echo "LC_ALL=$LC_ALL"
            printf '[%s]' "$@"
            echo
            exit 7
            """.replace("VERSION", version));
        return home;
    }

    /** Makes the folder a clone that can be built; its sources are older than the program. */
    private Path sources() throws IOException {
        Path source = write(clone.resolve("api/src/main/java/A.java"), "class A {}");
        Path pom = write(clone.resolve("pom.xml"), "<project/>");
        for (Path path : List.of(source, pom, source.getParent(), clone.resolve("api/src/main"))) {
            touch(path, -60);
        }
        return source;
    }

    private void maven(String script) throws IOException {
        executable(bin.resolve("mvn"), script);
    }

    private static void executable(Path file, String script) throws IOException {
        write(file, "#!/bin/sh\n" + script);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static Path write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    /** Sets a file's time to that of the program as it was copied, give or take some seconds. */
    private void touch(Path file, long seconds) throws IOException {
        FileTime copied = Files.getLastModifiedTime(clone.resolve("leat"));
        Files.setLastModifiedTime(file, FileTime.from(copied.toInstant().plus(Duration.ofSeconds(seconds))));
    }

    private static Path systemTool(String name) {
        return Stream.of("/bin", "/usr/bin", "/usr/local/bin")
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("This machine has no " + name + "."));
    }
}
