package dev.leat.house;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The two tables of ARCHITECTURE.md that the build obeys. Modules are named by their folder, without the slash at the end.
 *
 * @param codeMap the modules in the order of the page
 * @param allowed for each module, what its main code may depend on
 * @param allowedInTests for each module, what its tests may use beside that
 */
record ArchitecturePage(
        List<String> codeMap, Map<String, Set<String>> allowed, Map<String, Set<String>> allowedInTests) {
    private static final Pattern MODULE = Pattern.compile("`([^`]+)/`");

    static ArchitecturePage of(String text) {
        Markdown page = Markdown.of(text);
        List<String> codeMap = new ArrayList<>();
        for (List<String> row : page.tableBelow("Code map")) {
            codeMap.addAll(modules(row.getFirst()));
        }
        Map<String, Set<String>> allowed = new HashMap<>();
        Map<String, Set<String>> allowedInTests = new HashMap<>();
        for (List<String> row : page.tableBelow("Allowed dependencies")) {
            if (row.size() != 3) {
                throw new IllegalArgumentException("A row needs three cells: " + row);
            }
            String module = modules(row.getFirst()).getFirst();
            allowed.put(module, names(row.get(1)));
            allowedInTests.put(module, names(row.get(2)));
        }
        return new ArchitecturePage(List.copyOf(codeMap), Map.copyOf(allowed), Map.copyOf(allowedInTests));
    }

    private static Set<String> names(String cell) {
        Set<String> names = Set.copyOf(modules(cell));
        if (names.isEmpty() != cell.equals("nothing")) {
            throw new IllegalArgumentException("Name modules as `folder/`, or write: nothing. Found: " + cell);
        }
        return names;
    }

    private static List<String> modules(String cell) {
        return MODULE.matcher(cell).results().map(match -> match.group(1)).collect(Collectors.toList());
    }
}
