package dev.leat.engine.config;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Writes {@code docs/configuration.md} from the records. */
final class ConfigPage {
    private static final Shape.Section ROOT = LeatConfig.CONFIG.shape();

    private ConfigPage() {}

    private record Row(String path, Shape.Key key) {}

    static String page() {
        return """
            # Configuration

            Generated from the records in `dev.leat.engine.config`; a test compares them.

            A YAML file, the environment, or both; nothing at all is a configuration too. What is wrong is told all at once, each
            mistake with its file, line, column and path, and nothing starts.

            - **Only the setting says what a value means.** `no`, `0123` and `1e3` are text where text is wanted, and a mistake
              where a number is.
            - **Durations** are `250ms`, `30s`, `5m`, `1h`, `2d` or ISO-8601 (`PT1M30S`), **sizes** `512B`, `64KiB`, `16MiB`, `2GiB`.
            - **`${NAME}`** in a value is an environment variable, `${NAME:default}` one with a default, `$${` stands for `${`.
              Between braces or brackets it needs quotes. What a variable holds is not looked through again.
            - **`LEAT_SERVER_PORT=9090`** goes before `server.port` of the file. Lists are written with commas. A variable that is
              empty counts as not set. A variable that starts with `LEAT_` and is not known is a mistake, except those that
              Kubernetes sets for a service (`LEAT_SERVICE_HOST`, `LEAT_SERVER_PORT=tcp://...`).
            - **Secrets** may be kept in files of their own: `file:/run/secrets/name`. They are never shown.
            - Files are UTF-8 of at most 1 MiB, one document, nested 20 deep at most. Anchors, aliases and tags are refused.

            ## Settings

            | path | type | default | environment variable | what it is for | allowed |
            |---|---|---|---|---|---|
            %s

            ## Everything, with examples

            ```yaml
            %s```
            """.formatted(
                        rows(ROOT, "").stream().map(ConfigPage::line).collect(Collectors.joining("\n")), example());
    }

    private static List<Row> rows(Shape.Section section, String path) {
        List<Row> rows = new ArrayList<>();
        for (Shape.Key key : section.keys()) {
            String at = Paths.under(path, key.name());
            rows.add(new Row(at, key));
            Shape shape = present(key.shape());
            if (shape instanceof Shape.Section inner) {
                rows.addAll(rows(inner, at));
            } else if (shape instanceof Shape.MapOf map && map.value() instanceof Shape.Section inner) {
                rows.addAll(rows(inner, at + ".*"));
            }
        }
        return rows;
    }

    private static Shape present(Shape shape) {
        return shape instanceof Shape.Maybe maybe ? maybe.present() : shape;
    }

    private static String line(Row row) {
        Shape.Key key = row.key();
        String standard = key.setting().defaultsTo();
        return "| `%s` | %s | %s | %s | %s | %s |"
                .formatted(
                        row.path(),
                        type(key.shape()),
                        standard.isEmpty() ? (needed(key) ? "none, needed" : "") : "`" + standard + "`",
                        Overrides.variable(ROOT, row.path())
                                .map("`%s`"::formatted)
                                .orElse(""),
                        key.setting().value(),
                        key.setting().allowed());
    }

    private static boolean needed(Shape.Key key) {
        return !(key.shape() instanceof Shape.Section || key.shape() instanceof Shape.Maybe);
    }

    private static String type(Shape shape) {
        return switch (shape) {
            case Shape.Text text -> text.word();
            case Shape.ListOf list -> "list of " + type(list.item());
            case Shape.MapOf map -> "names, each with a " + type(map.value());
            case Shape.Maybe maybe -> type(maybe.present()) + ", may be left out";
            case Shape.Section section -> "section";
        };
    }

    /** Every setting, explained, with its example or its default. */
    static String example() {
        StringBuilder text = new StringBuilder();
        example(ROOT, "", text);
        return text.toString();
    }

    private static void example(Shape.Section section, String indent, StringBuilder into) {
        for (Shape.Key key : section.keys()) {
            if (indent.isEmpty() && !into.isEmpty()) {
                into.append('\n');
            }
            into.append(indent).append("# ").append(key.setting().value()).append('\n');
            into.append(indent).append(key.name()).append(':');
            if (present(key.shape()) instanceof Shape.Section inner) {
                into.append('\n');
                example(inner, indent + "  ", into);
            } else {
                String value = key.setting().example().isEmpty()
                        ? key.setting().defaultsTo()
                        : key.setting().example();
                into.append(' ').append(value).append('\n');
            }
        }
    }
}
