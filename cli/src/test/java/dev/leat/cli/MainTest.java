package dev.leat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void saysItsVersionAsTheBuildWroteIt() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).matches("leat \\d+\\.\\d+\\.\\d+\\S*\\R");
        assertThat(run("jobs", "list", "--version")).isZero();
        assertThat(out.toString().lines().distinct()).hasSize(1);
    }

    @Test
    void explainsItselfWhenAskedAndWhenGivenNothing() {
        assertThat(run("--help")).isZero();
        assertThat(run()).isZero();
        assertThat(out.toString()).contains("Usage: leat").contains("--version");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void refusesAnUnknownWordOnStandardError() {
        assertThat(run("--no-such-thing")).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).contains("--no-such-thing");
    }

    private int run(String... args) {
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }
}
