package dev.leat.cli.screen;

import java.util.stream.Collectors;

/** Text that came from elsewhere, made fit for a terminal. */
public final class Text {
    private Text() {}

    /** In one line, without what a terminal would obey or be misled by: control and formatting characters become question marks. */
    public static String shown(String text) {
        return text.replaceAll("\\p{C}", "?");
    }

    /** As {@link #shown}, but with its lines kept apart. */
    public static String lines(String text) {
        return text.lines().map(Text::shown).collect(Collectors.joining("\n"));
    }

    /** As {@link #shown}, and cut to so many characters. */
    public static String cut(String text, int most) {
        String shown = shown(text);
        return shown.codePointCount(0, shown.length()) <= most
                ? shown
                : shown.substring(0, shown.offsetByCodePoints(0, most - 3)) + "...";
    }
}
