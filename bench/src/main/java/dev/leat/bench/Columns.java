package dev.leat.bench;

import java.util.ArrayList;
import java.util.List;

/** Rows whose columns stand under each other. */
final class Columns {
    private Columns() {}

    /** @param rows of equal length, the titles first; a title that starts with {@code >} has its column aligned to the right */
    static List<String> of(List<List<String>> rows) {
        List<String> titles = rows.getFirst();
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < titles.size(); i++) {
                boolean right = titles.get(i).startsWith(">");
                String cell = row.get(i).startsWith(">") ? row.get(i).substring(1) : row.get(i);
                int column = i;
                int width = rows.stream()
                        .mapToInt(each -> each.get(column).length())
                        .max()
                        .orElse(0);
                String gap = " ".repeat(width - cell.length());
                line.append(i == 0 ? "" : "  ").append(right ? gap + cell : cell + gap);
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
