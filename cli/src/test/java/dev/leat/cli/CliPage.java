package dev.leat.cli;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** Writes {@code docs/cli.md} from the commands themselves. */
final class CliPage {
    private static final int WIDTH = 110;
    private static final String START = """
        # The command line

        Generated from the commands' own help; a test compares them.

        `./leat COMMAND` runs in a clone and builds the program first if need be; it needs a JDK 25. `leat COMMAND --help` tells
        what is below.

        - **Whom it asks.** Commands about jobs and queues ask a server: `--server`, else `LEAT_SERVER_URL`, else
          `http://127.0.0.1:8080`. With `--config FILE`, or `--store URL --user NAME --password-env VAR`, they work straight at the
          store, and no server need be there. They make Leat's schema in it if it is missing.
        - **What it answers.** Tables and sentences for people, without colours; with `--json` one line of JSON for each answer
          (`jobs list`: for each job), of the same shape as over HTTP. What came from elsewhere is shown without control
          characters; JSON has everything as it is. How far it is, it says only on a terminal.
        - **How it ends.** 0: done. 1: it failed or was refused, for some of several jobs too, or its answer could not be
          written. 2: the command line was not understood, or the file of jobs that it names. 130: Ctrl-C; after
          `enqueue --file` with a word on how to go on. 141, without a word: nobody reads
          the answer any more, as in `leat jobs list | head -1`. What went wrong is told on standard error, after `--json` as
          one JSON object, a problem with a stable `code`. `LEAT_DEBUG=1` adds the stack, `LEAT_LOG=DEBUG` says more.
        - **How long it waits.** 5 s for a connection, 30 s for an answer, all tries together. Only what may be asked twice is
          tried again: what only reads, pausing and resuming, and enqueueing with an idempotency key.
        - **What a node takes.** `leat dev` and `leat server` stop on SIGTERM or Ctrl-C: they take no more requests, let running
          jobs finish for `worker.grace`, and exit with 0; if the database is down just then, within some ten seconds more. A
          PostgreSQL that they brought along themselves and that dies is started again. The script gives them a heap of at most 256 MiB;
          `LEAT_JAVA_OPTS=-Xmx1g` gives more.
        """;

    private CliPage() {}

    static String page() {
        return START + below(Main.program()).map(CliPage::section).collect(Collectors.joining());
    }

    /** All commands that are not hidden, each before those below it. */
    static Stream<CommandLine> below(CommandLine command) {
        return command.getSubcommands().values().stream()
                .filter(each -> !each.getCommandSpec().usageMessage().hidden())
                .flatMap(each -> Stream.concat(Stream.of(each), below(each)));
    }

    private static String section(CommandLine command) {
        command.getCommandSpec().usageMessage().width(WIDTH);
        List<String> lines = command.getUsageMessage(Ansi.OFF)
                .lines()
                .map(String::stripTrailing)
                .toList();
        return "\n## " + command.getCommandSpec().qualifiedName() + "\n\n```text\n" + String.join("\n", lines)
                + "\n```\n";
    }
}
