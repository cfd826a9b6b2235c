package dev.leat.cli.jobs;

import dev.leat.api.store.Capabilities.Grade;
import dev.leat.cli.screen.Table;
import dev.leat.cli.screen.Text;
import dev.leat.wire.BackendView;
import dev.leat.wire.CapabilityView;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code leat backends}. */
@Command(
        name = "backends",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Lists the backends that jobs are kept in, with what each of them can do.",
            "With --json one line for each backend."
        })
public final class BackendsCommand implements Runnable {
    @Mixin
    private final Target target = new Target();

    @Override
    public void run() {
        try (Session session = target.open()) {
            List<BackendView> backends = session.api().backends();
            if (target.json()) {
                backends.forEach(target::printJson);
            } else {
                print(backends);
            }
        }
    }

    private void print(List<BackendView> backends) {
        Table table = new Table("BACKEND", "STORE", "DURABILITY", "HEALTH", "CAPABILITIES");
        for (BackendView backend : backends) {
            List<String> capabilities = new ArrayList<>();
            for (CapabilityView each : backend.capabilities()) {
                if (each.grade() != Grade.ABSENT) {
                    capabilities.add(each.name().word() + (each.grade() == Grade.EMULATED ? " (emulated)" : ""));
                }
            }
            table.row(
                    backend.name(),
                    backend.store(),
                    lower(backend.durability()),
                    lower(backend.health()),
                    String.join(", ", capabilities));
        }
        target.print(table.lines());
        backends.forEach(each -> target.out().println(Text.shown(each.name() + ": " + each.healthDetail())));
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
