package dev.leat.cli.jobs;

import dev.leat.api.JobId;
import dev.leat.cli.screen.Ages;
import dev.leat.cli.screen.Table;
import dev.leat.cli.screen.Text;
import dev.leat.wire.AttemptView;
import dev.leat.wire.Content;
import dev.leat.wire.FailureView;
import dev.leat.wire.JobView;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code leat jobs show ID}. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Shows everything known of a job.")
final class ShowCommand implements Callable<Integer> {
    private static final int LONGEST = 2_000;

    @Parameters(index = "0", paramLabel = "ID", description = "The job.")
    @SuppressWarnings("NullAway.Init") // picocli refuses a command line without it
    private JobId id;

    @Mixin
    private final Target target = new Target();

    @Override
    public Integer call() {
        try (Session session = target.open()) {
            JobView job = session.api().job(id);
            if (target.json()) {
                target.printJson(job);
            } else {
                print(job, Ages.fromNow());
            }
        }
        return 0;
    }

    private void print(JobView job, Ages ages) {
        line("id", job.id());
        line("state", job.state().word());
        line("queue", job.queue());
        line("kind", job.kind());
        line("priority", job.priority());
        line("attempt", job.attempt() + " of " + job.maxAttempts());
        if (job.crashes() > 0) {
            line("crashes", job.crashes());
        }
        moment("created", job.createdAt(), ages);
        moment("due", job.dueAt(), ages);
        moment("started", job.startedAt(), ages);
        moment("finished", job.finishedAt(), ages);
        if (job.worker() != null) {
            line("worker", "node " + job.worker());
        }
        content("payload", job.payload());
        if (job.result() != null) {
            content("result", job.result());
        }
        if (job.failure() != null) {
            failure(job.failure());
        }
        if (!job.attempts().isEmpty()) {
            target.out().println("attempts before");
            Table table = new Table("  ATTEMPT", "ENDED", "WHEN", "WORKER", "ERROR");
            for (AttemptView each : job.attempts()) {
                table.row(
                        "  " + each.attempt(),
                        each.ended().name().toLowerCase(Locale.ROOT),
                        ages.of(each.endedAt()),
                        "node " + each.worker(),
                        each.failure() == null ? "" : each.failure().message());
            }
            target.print(table.lines());
        }
    }

    private void line(String name, Object value) {
        target.out().println(String.format(Locale.ROOT, "%-9s ", name) + Text.shown(value.toString()));
    }

    private void moment(String name, @Nullable Instant moment, Ages ages) {
        if (moment != null) {
            line(name, ages.exactly(moment));
        }
    }

    private void content(String name, Content content) {
        line(name, content.contentType() + ", " + content.size() + " bytes, sha256 " + content.sha256());
        String text = content.text() == null ? "(not text; see it with --json)" : content.text();
        indented(text);
    }

    private void failure(FailureView failure) {
        line("failure", failure.message());
        indented(failure.detail());
    }

    private void indented(String text) {
        PrintWriter out = target.out();
        String shown = text.codePointCount(0, text.length()) <= LONGEST
                ? text
                : text.substring(0, text.offsetByCodePoints(0, LONGEST)) + "\n... (all of it with --json)";
        shown.lines().forEach(each -> out.println("  " + Text.shown(each.replace("\t", "    "))));
    }
}
