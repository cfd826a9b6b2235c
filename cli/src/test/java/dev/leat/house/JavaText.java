package dev.leat.house;

/** Separates what Java text does from what it says: comments and literals are blanked, lines stay where they are. */
final class JavaText {
    private enum In {
        CODE,
        LINE_COMMENT,
        COMMENT,
        CHARACTER,
        STRING,
        TEXT_BLOCK
    }

    private final String text;
    private final boolean keepLiterals;
    private final StringBuilder out;
    private In in = In.CODE;
    private int at;

    private JavaText(String text, boolean keepLiterals) {
        this.text = text;
        this.keepLiterals = keepLiterals;
        this.out = new StringBuilder(text.length());
    }

    static String withoutCommentsAndLiterals(String text) {
        return new JavaText(text, false).read();
    }

    static String withoutComments(String text) {
        return new JavaText(text, true).read();
    }

    private String read() {
        while (at < text.length()) {
            switch (in) {
                case CODE -> code();
                case LINE_COMMENT -> {
                    if (text.charAt(at) == '\n') {
                        in = In.CODE;
                    }
                    blank(1);
                }
                case COMMENT -> {
                    if (text.startsWith("*/", at)) {
                        in = In.CODE;
                        blank(2);
                    } else {
                        blank(1);
                    }
                }
                case CHARACTER -> literal("'");
                case STRING -> literal("\"");
                case TEXT_BLOCK -> literal("\"\"\"");
            }
        }
        return out.toString();
    }

    private void code() {
        if (text.startsWith("//", at)) {
            in = In.LINE_COMMENT;
            blank(2);
        } else if (text.startsWith("/*", at)) {
            in = In.COMMENT;
            blank(2);
        } else if (text.startsWith("\"\"\"", at)) {
            in = In.TEXT_BLOCK;
            copy(3);
        } else if (text.charAt(at) == '"') {
            in = In.STRING;
            copy(1);
        } else if (text.charAt(at) == '\'') {
            in = In.CHARACTER;
            copy(1);
        } else {
            copy(1);
        }
    }

    private void literal(String end) {
        if (text.startsWith(end, at)) {
            in = In.CODE;
            copy(end.length());
        } else {
            int length = text.charAt(at) == '\\' ? 2 : 1;
            if (keepLiterals) {
                copy(length);
            } else {
                blank(length);
            }
        }
    }

    private void copy(int length) {
        int end = Math.min(text.length(), at + length);
        out.append(text, at, end);
        at = end;
    }

    private void blank(int length) {
        int end = Math.min(text.length(), at + length);
        for (; at < end; at++) {
            out.append(text.charAt(at) == '\n' ? '\n' : ' ');
        }
    }
}
