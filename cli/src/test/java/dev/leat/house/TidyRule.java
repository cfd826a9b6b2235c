package dev.leat.house;

import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What every file keeps to. Each rule looks at one file alone and says what is wrong, line by line. */
enum TidyRule {
    /** A name says what a thing does; these say only that it does something. */
    TELLING_NAMES(TidyRule::emptyNames),

    /** The store's clock judges leases and due times, and what reads the wall clock cannot be driven by a test. */
    NO_WALL_CLOCK(TidyRule::wallClock),

    /** A sleep in a test is too short on a busy machine and too long on every other. */
    NO_SLEEP(TidyRule::sleeps),

    /** A library has no screen of its own. */
    NO_CONSOLE(TidyRule::console),

    /** Work that is left over belongs on a list, not in a file. */
    NOTHING_LEFT_OVER(TidyRule::leftOver),

    /** What is there works; what does not is not there. */
    NO_STUBS(TidyRule::stubs),

    /** A test that does not run proves nothing. */
    NO_DISABLED_TEST(TidyRule::disabledTests),

    /** A file that cannot be read in one sitting wants to be two. */
    SHORT_FILES(TidyRule::tooLong);

    private static final int MOST_LINES = 800;

    private static final Set<String> PROGRAMS = Set.of("cli", "examples", "bench");

    private static final Pattern TYPE = Pattern.compile("\\b(?:class|interface|enum|record)\\s+([A-Z]\\w*)");
    private static final Pattern EMPTY_TYPE =
            Pattern.compile("(?:Abstract|Base)(?:[A-Z]\\w*)?|\\w*(?:Utils?|Helpers?|Manager|Impl)");
    private static final Set<String> EMPTY_FOLDERS = Set.of(
            "util", "utils", "common", "commons", "misc", "helper", "helpers", "manager", "managers", "impl", "base");

    private static final Pattern WALL_CLOCK = Pattern.compile(String.join(
            "|",
            "\\bSystem\\s*(?:\\.|::)\\s*currentTimeMillis",
            "\\bClock\\s*(?:\\.|::)\\s*(?:system|tick)\\w*",
            "\\bInstantSource\\s*(?:\\.|::)\\s*system",
            "\\b(?:Instant|Local(?:Date|Time|DateTime)|(?:Zoned|Offset)DateTime|OffsetTime|Year|YearMonth|MonthDay)"
                    + "\\s*(?:\\.|::)\\s*now\\b",
            "\\bnew\\s+Date\\s*\\(\\s*\\)",
            "\\bCalendar\\s*\\.\\s*getInstance",
            "\\bimport\\s+static\\s+java\\.(?:time\\.\\w+\\.now|lang\\.System\\.currentTimeMillis)"));

    /** A time is given, or the method of a thread or unit is passed on; the kind of that name is neither. */
    private static final Pattern SLEEP =
            Pattern.compile("\\.\\s*sleep\\s*\\(\\s*[^\\s)]|\\b(?:Thread|[A-Z]{2,})\\s*::\\s*sleep\\b");

    private static final Pattern CONSOLE =
            Pattern.compile("\\bSystem\\s*\\.\\s*(?:out|err)\\b|\\bprintStackTrace\\s*\\(\\s*\\)");
    // Written so that this file does not break its own rule.
    private static final Pattern LEFT_OVER = Pattern.compile("\\b(?:TO" + "DO|FIX" + "ME|X" + "XX)\\b");
    private static final Pattern STUB = Pattern.compile(
            "\\bnew\\s+(?:UnsupportedOperation|NotImplemented)\\w*|(?i:\\bnot (?:yet )?implemented\\b|\\bimplemented"
                    + " later\\b)");
    private static final Pattern DISABLED = Pattern.compile("@(?:[\\w.]+\\.)?(?:Disabled|Ignore)\\b");

    private final Function<SourceFile, List<String>> check;

    TidyRule(Function<SourceFile, List<String>> check) {
        this.check = check;
    }

    /** What is wrong with this file, each as {@code path:line: what}; empty when nothing is or the rule is not about it. */
    List<String> check(SourceFile file) {
        return check.apply(file);
    }

    private static List<String> emptyNames(SourceFile file) {
        if (!file.isJava()) {
            return List.of();
        }
        Stream<String> types = TYPE.matcher(file.code())
                .results()
                .map(match -> match.group(1))
                .filter(name -> EMPTY_TYPE.matcher(name).matches())
                .map(name -> "%s:1: the name %s says nothing; name it after its job".formatted(file.path(), name));
        Stream<String> folders = Stream.of(file.path().split("/"))
                .filter(EMPTY_FOLDERS::contains)
                .map(name -> "%s:1: a folder called %s says nothing".formatted(file.path(), name));
        return Stream.concat(types, folders).toList();
    }

    private static List<String> wallClock(SourceFile file) {
        return file.isJava() && file.isMain()
                ? file.findings(
                        file.code(), WALL_CLOCK, "reads the wall clock; take the store's time or an InstantSource")
                : List.of();
    }

    private static List<String> sleeps(SourceFile file) {
        return file.isJava()
                ? file.findings(file.code(), SLEEP, "sleeps; wait for a signal or a condition")
                : List.of();
    }

    private static List<String> console(SourceFile file) {
        return file.isJava() && file.isMain() && !PROGRAMS.contains(file.module())
                ? file.findings(file.code(), CONSOLE, "writes to the console; log it or return it")
                : List.of();
    }

    private static List<String> leftOver(SourceFile file) {
        return file.findings(file.text(), LEFT_OVER, "is unfinished; finish it");
    }

    private static List<String> stubs(SourceFile file) {
        return file.isMain() && !file.path().endsWith(".md")
                ? file.findings(file.text(), STUB, "is a stub; make it work or leave it out")
                : List.of();
    }

    private static List<String> disabledTests(SourceFile file) {
        return file.isJava()
                ? file.findings(file.code(), DISABLED, "switches a test off; mend it or delete it")
                : List.of();
    }

    private static List<String> tooLong(SourceFile file) {
        long lines = file.text().lines().count();
        return file.isJava() && file.isMain() && lines > MOST_LINES
                ? List.of("%s:%d: has %d lines, %d are the most".formatted(file.path(), lines, lines, MOST_LINES))
                : List.of();
    }
}
