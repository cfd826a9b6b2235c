package dev.leat.cli.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.cli.screen.CommandGroup;
import dev.leat.cli.screen.Text;
import dev.leat.engine.config.ConfigException;
import dev.leat.engine.config.LeatConfig;
import dev.leat.engine.config.Problem;
import dev.leat.wire.WireJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code leat config}: the configuration, before anything is started with it. */
@Command(
        name = "config",
        mixinStandardHelpOptions = true,
        description = "Checks a configuration, and tells what can be configured.",
        subcommands = {ConfigCommand.Check.class, ConfigCommand.Reference.class})
public final class ConfigCommand extends CommandGroup {
    /** {@code leat config check [FILE]}. */
    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Prints every mistake in a configuration, and ends with 1 if there is one.",
                "LEAT_ variables are looked at too, as they are when a node starts."
            })
    static final class Check implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli fills it before it calls anything
        private CommandSpec spec;

        @Parameters(
                arity = "0..1",
                paramLabel = "FILE",
                description = "The configuration (default: the file LEAT_CONFIG names, else leat.yaml if it is here).")
        private @Nullable Path file;

        @Option(names = "--json", description = "Print the mistakes as a JSON array.")
        private boolean json;

        @Override
        public Integer call() {
            List<Problem> problems = problems();
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.println(WireJson.LENIENT.writeText(problems));
            } else if (problems.isEmpty()) {
                Optional<Path> found = ConfigFile.found(file, System.getenv());
                out.println(Text.shown(found.map(Path::toString).orElse("the environment")) + " is in order");
            } else {
                problems.forEach(problem -> out.println(Text.shown(problem.toString())));
            }
            return problems.isEmpty() ? 0 : 1;
        }

        private List<Problem> problems() {
            try {
                LeatConfig config = ConfigFile.read(file, System.getenv());
                Objects.requireNonNull(config);
                return List.of();
            } catch (ConfigException e) {
                return e.problems();
            }
        }
    }

    /** {@code leat config reference}. */
    @Command(
            name = "reference",
            mixinStandardHelpOptions = true,
            description = "Prints all that can be configured, with a whole example at its end.")
    static final class Reference implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli fills it before it calls anything
        private CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            try (InputStream page = ConfigCommand.class.getResourceAsStream("configuration.md")) {
                byte[] text = Objects.requireNonNull(page, "configuration.md is missing from the program")
                        .readAllBytes();
                PrintWriter out = spec.commandLine().getOut();
                out.print(new String(text, UTF_8));
                out.flush();
            }
            return 0;
        }
    }
}
