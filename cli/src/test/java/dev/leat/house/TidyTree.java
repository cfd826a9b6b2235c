package dev.leat.house;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rules that take more than one file to judge. Each returns what is wrong; empty when nothing is. */
final class TidyTree {
    private static final Pattern MIGRATIONS = Pattern.compile(".*/migrations?/.*");

    private TidyTree() {}

    /**
     * Queries that no Java code of their module names in a string, as {@code "claim"} or {@code "sql/claim.sql"}.
     * Files in a folder called migration or migrations are loaded by their folder.
     */
    static List<String> unusedQueries(List<SourceFile> files) {
        return files.stream()
                .filter(file -> file.path().matches(".*/src/main/resources/.*\\.(sql|lua)"))
                .filter(file -> !MIGRATIONS.matcher(file.path()).matches())
                .filter(query -> files.stream().noneMatch(java -> loads(java, query)))
                .map(query -> query.path() + ":1: no Java code of its module loads this by name")
                .toList();
    }

    private static boolean loads(SourceFile java, SourceFile query) {
        return java.isJava()
                && java.isMain()
                && java.module().equals(query.module())
                && Pattern.compile("[\"/]" + Pattern.quote(query.bareName()) + "(?:\\.(?:sql|lua))?\"")
                        .matcher(JavaText.withoutComments(java.text()))
                        .find();
    }

    /**
     * Links in pages that lead nowhere inside the repository; links to other places are not followed.
     *
     * @param exists whether the repository has this file or folder
     */
    static List<String> brokenLinks(List<SourceFile> files, Predicate<String> exists) {
        Map<String, Markdown> pages = files.stream()
                .filter(file -> file.path().endsWith(".md"))
                .collect(Collectors.toMap(SourceFile::path, file -> Markdown.of(file.text())));
        return pages.keySet().stream()
                .sorted()
                .flatMap(page -> pages.get(page).links().stream()
                        .filter(link -> !link.matches("[a-z][a-z0-9+.-]*:.*|//.*"))
                        .filter(link -> !resolves(page, link, pages, exists))
                        .map(link -> page + ":1: the link to " + link + " leads nowhere"))
                .toList();
    }

    private static boolean resolves(String page, String link, Map<String, Markdown> pages, Predicate<String> exists) {
        String[] parts = link.split("#", 2);
        String target = parts[0].isEmpty() ? page : from(page, parts[0]);
        if (target.startsWith("..") || target.startsWith("/") || !exists.test(target)) {
            return false;
        }
        Markdown linked = pages.get(target);
        return parts.length == 1 || linked == null || linked.anchors().contains(parts[1]);
    }

    /** The path from the root that a relative link on a page means; one that leaves the repository starts with dots. */
    private static String from(String page, String link) {
        return Path.of(page).resolveSibling(link).normalize().toString().replace('\\', '/');
    }

    /** Entries of an allow-list that allow nothing any more: the file is gone or no longer needs them. */
    static Set<String> idleExceptions(TidyRule rule, Set<String> allowed, List<SourceFile> files) {
        Set<String> idle = new HashSet<>(allowed);
        files.stream()
                .filter(file -> !rule.check(file).isEmpty())
                .map(SourceFile::path)
                .forEach(idle::remove);
        return idle;
    }

    /** What one rule finds in all files but those that may break it. */
    static Stream<String> violations(TidyRule rule, Set<String> allowed, List<SourceFile> files) {
        return files.stream().filter(file -> !allowed.contains(file.path())).flatMap(file -> rule.check(file).stream());
    }
}
