package dev.leat.cli.screen;

import java.util.ArrayList;
import java.util.List;

/** Rows whose columns stand under each other, two spaces apart. Every cell is made fit for a terminal. */
public final class Table {
    private final List<List<String>> rows = new ArrayList<>();
    private final List<Boolean> right;

    /**
     * With these titles.
     *
     * @param titles one that starts with {@code >} has its column aligned to the right, for numbers
     */
    public Table(String... titles) {
        right = List.of(titles).stream().map(title -> title.startsWith(">")).toList();
        rows.add(List.of(titles).stream()
                .map(title -> title.startsWith(">") ? title.substring(1) : title)
                .toList());
    }

    /** Adds a row with a cell for each title. */
    public Table row(Object... cells) {
        if (cells.length != right.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + right.size() + " titles");
        }
        rows.add(List.of(cells).stream()
                .map(cell -> Text.shown(String.valueOf(cell)))
                .toList());
        return this;
    }

    /** Titles first, no line with spaces at its end. */
    public List<String> lines() {
        int[] widths = new int[right.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], length(row.get(i)));
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String gap = " ".repeat(widths[i] - length(row.get(i)));
                line.append(i == 0 ? "" : "  ");
                line.append(right.get(i) ? gap + row.get(i) : row.get(i) + gap);
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
