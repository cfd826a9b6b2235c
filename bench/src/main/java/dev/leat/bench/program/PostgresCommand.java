package dev.leat.bench.program;

import dev.leat.bench.postgres.PostgresScenarios;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code leat bench postgres}: Leat on PostgreSQL, beside what PostgreSQL itself can do. */
@Command(
        name = "postgres",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measures Leat on PostgreSQL through its Java API, beside plain SQL on the same server in the same run.",
            "History is kept. Contenders take turns; every run is printed, and medians are compared. A run in which"
                    + " other processes took more than 15 %% of the CPU is repeated."
        },
        footer = {"", "Example:", "  leat bench postgres --only drain --jobs 1000000 --json"})
final class PostgresCommand implements Callable<Integer> {
    @Mixin
    private final RunOptions options = new RunOptions();

    @Spec
    void describe(CommandSpec spec) {
        RunOptions.describe(spec, PostgresScenarios.ALL);
    }

    @Override
    public Integer call() throws Exception {
        return options.measure("postgres", PostgresScenarios.ALL);
    }
}
