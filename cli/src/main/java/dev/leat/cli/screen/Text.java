package dev.leat.cli.screen;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
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

    /** Why a file or another stream cannot be used, without its name. */
    public static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "there is no such file";
            case AccessDeniedException denied -> "permission denied";
            case FileSystemException file when file.getReason() != null -> file.getReason();
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }

    /** As {@link #shown}, and cut to so many characters. */
    public static String cut(String text, int most) {
        String shown = shown(text);
        return shown.codePointCount(0, shown.length()) <= most
                ? shown
                : shown.substring(0, shown.offsetByCodePoints(0, most - 3)) + "...";
    }
}
