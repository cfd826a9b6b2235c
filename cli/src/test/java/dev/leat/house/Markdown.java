package dev.leat.house;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What can be checked about a page: its headings, its links and its tables. Fenced code is no part of the page. */
record Markdown(List<String> lines) {
    private static final Pattern HEADING = Pattern.compile("#{1,6} +(.*?)\\s*#*");
    private static final Pattern INLINE_CODE = Pattern.compile("`[^`]*`");
    private static final Pattern INLINE_LINK = Pattern.compile("\\]\\(<?([^)>\\s]+)>?[^)]*\\)");
    private static final Pattern REFERENCE =
            Pattern.compile("^ {0,3}\\[[^\\]]+\\]: *<?([^>\\s]+)>?", Pattern.MULTILINE);

    static Markdown of(String text) {
        List<String> lines = new ArrayList<>();
        boolean fenced = false;
        for (String line : text.lines().toList()) {
            if (line.strip().startsWith("```")) {
                fenced = !fenced;
            } else if (!fenced) {
                lines.add(line);
            }
        }
        return new Markdown(List.copyOf(lines));
    }

    /** Where the links lead, as written. */
    List<String> links() {
        String prose = INLINE_CODE.matcher(String.join("\n", lines)).replaceAll("");
        return Stream.of(INLINE_LINK, REFERENCE)
                .flatMap(pattern -> pattern.matcher(prose).results())
                .map(match -> match.group(1))
                .toList();
    }

    /** The anchors that a link into this page may name, made from its headings as code hosts make them. */
    List<String> anchors() {
        return lines.stream()
                .map(HEADING::matcher)
                .filter(matcher -> matcher.matches())
                .map(MatchResult.class::cast)
                .map(match -> match.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                        .replace(' ', '-'))
                .toList();
    }

    /** The body rows of the first table below the heading with this title, each as its trimmed cells. */
    List<List<String>> tableBelow(String title) {
        int heading = -1;
        for (int i = 0; i < lines.size() && heading < 0; i++) {
            if (lines.get(i).matches("#+ +" + Pattern.quote(title) + "\\s*")) {
                heading = i;
            }
        }
        if (heading < 0) {
            throw new IllegalArgumentException("There is no heading \"" + title + "\".");
        }
        return lines.stream()
                .skip(heading + 1L)
                .takeWhile(line -> !line.startsWith("#"))
                .dropWhile(line -> !line.startsWith("|"))
                .takeWhile(line -> line.startsWith("|"))
                .skip(2)
                .map(Markdown::cells)
                .toList();
    }

    private static List<String> cells(String row) {
        String inner = row.strip().replaceAll("^\\||\\|$", "");
        return Stream.of(inner.split("\\|", -1)).map(String::strip).toList();
    }
}
