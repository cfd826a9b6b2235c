package dev.leat.house;

import java.util.List;
import java.util.regex.Pattern;

/** One text file of the repository. The path is relative to its root and always has forward slashes. */
record SourceFile(String path, String text) {

    boolean isJava() {
        return path.endsWith(".java");
    }

    /** True for what is shipped; false for tests, pages, scripts and build files. */
    boolean isMain() {
        return path.contains("/src/main/");
    }

    /** The module's folder, such as {@code stores/postgres}, or the empty string outside any module. */
    String module() {
        int src = path.indexOf("/src/");
        return src < 0 ? "" : path.substring(0, src);
    }

    /** The name without folders and without what follows the first dot. */
    String bareName() {
        return path.substring(path.lastIndexOf('/') + 1).split("\\.", 2)[0];
    }

    /** The Java text with comments and the insides of literals blanked out, line for line. */
    String code() {
        return JavaText.withoutCommentsAndLiterals(text);
    }

    /** Every match of the pattern in a form of this file that has its lines, each as {@code path:line: what}. */
    List<String> findings(String form, Pattern pattern, String what) {
        return pattern.matcher(form)
                .results()
                .map(match -> "%s:%d: %s".formatted(path, line(form, match.start()), what))
                .toList();
    }

    private static long line(String form, int offset) {
        return 1 + form.chars().limit(offset).filter(c -> c == '\n').count();
    }
}
