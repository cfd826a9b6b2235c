package dev.leat.bench;

import dev.leat.wire.WireJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;

/** What a bench came to, for people and for programs. Not thread-safe. */
public final class Report {
    private final String bench;
    private final Map<String, String> facts;
    private final Map<String, Object> sizes = new LinkedHashMap<>();
    private final Map<Scenario, Findings> found = new LinkedHashMap<>();
    private final Map<Scenario, String> failures = new LinkedHashMap<>();

    /**
     * Empty.
     *
     * @param bench what was called, such as {@code postgres}
     * @param facts on top of those about the machine, such as versions and settings
     */
    public Report(String bench, Map<String, String> facts, Sizes sizes) {
        this.bench = bench;
        this.facts = new LinkedHashMap<>(Machine.facts());
        this.facts.putAll(facts);
        this.sizes.put("jobs", sizes.jobs());
        this.sizes.put("seconds", sizes.span().toMillis() / 1e3);
        this.sizes.put("runs", sizes.runs());
        this.sizes.put("warmups", sizes.warmups());
        this.sizes.put("repeats", sizes.repeats());
        this.sizes.put("backlog", sizes.backlog());
        this.sizes.put("minutes", sizes.held().toMillis() / 60e3);
        this.sizes.put("rate", sizes.rate());
    }

    public void add(Scenario scenario, Findings findings) {
        found.put(scenario, findings);
    }

    /** Notes that a scenario could not be measured, and why. */
    public void failed(Scenario scenario, String why) {
        failures.put(scenario, why);
    }

    /** Whether everything that was wanted was measured, however it turned out. */
    public boolean isComplete() {
        return failures.isEmpty();
    }

    /** Where and how it was measured. */
    public List<String> head() {
        List<String> lines = new ArrayList<>();
        facts.forEach((name, value) -> lines.add(name + ": " + value));
        sizes.forEach((name, value) -> lines.add(name + ": " + value));
        return lines;
    }

    /** One scenario: every run of every contender, their medians, and the figures. */
    public List<String> lines(Scenario scenario) {
        Findings findings = found.get(scenario);
        List<String> lines = new ArrayList<>(List.of("", scenario.name() + ": " + scenario.title()));
        if (findings == null) {
            lines.add("  FAILED: " + failures.getOrDefault(scenario, "it was not measured"));
            return lines;
        }
        lines.addAll(Columns.of(runs(findings)));
        if (!findings.figures().isEmpty()) {
            lines.add("");
            lines.addAll(Columns.of(figures(findings.figures())));
        }
        return lines;
    }

    /** All figures again, and what could not be measured. */
    public List<String> foot() {
        List<Figure> all = allFigures();
        List<String> lines = new ArrayList<>(List.of("", "all together"));
        if (!all.isEmpty()) {
            lines.addAll(Columns.of(figures(all)));
        }
        failures.forEach((scenario, why) -> lines.add("FAILED " + scenario.name() + ": " + why));
        return lines;
    }

    private List<Figure> allFigures() {
        return found.values().stream().flatMap(each -> each.figures().stream()).toList();
    }

    private static List<List<String>> runs(Findings findings) {
        Set<Measure> measures = new LinkedHashSet<>();
        findings.series().forEach(series -> measures.addAll(series.measures()));
        List<List<String>> rows = new ArrayList<>();
        List<String> titles = new ArrayList<>(List.of("  contender", "run"));
        measures.forEach(measure -> titles.add(">" + measure.title()));
        rows.add(titles);
        for (Series series : findings.series()) {
            int number = 0;
            for (Sample run : series.runs()) {
                rows.add(row("  " + series.name(), "" + ++number, measures, run));
            }
            for (Sample run : series.repeated()) {
                rows.add(row("  " + series.name(), "repeated", measures, run));
            }
            List<String> median = new ArrayList<>(List.of("  " + series.name(), "median"));
            measures.forEach(measure -> median.add(shown(series.median(measure), measure)));
            rows.add(median);
        }
        return rows;
    }

    private static List<String> row(String name, String run, Set<Measure> measures, Sample sample) {
        List<String> row = new ArrayList<>(List.of(name, run));
        measures.forEach(measure -> row.add(shown(sample.value(measure), measure)));
        return row;
    }

    private static String shown(OptionalDouble value, Measure measure) {
        return value.isPresent()
                ? String.format(Locale.ROOT, "%,." + measure.decimals() + "f", value.getAsDouble())
                : "-";
    }

    private static List<List<String>> figures(List<Figure> figures) {
        List<List<String>> rows = new ArrayList<>(List.of(List.of("  figure", ">value", "wanted", "")));
        for (Figure figure : figures) {
            rows.add(List.of(
                    "  " + figure.name(),
                    String.format(Locale.ROOT, "%,.2f", figure.value()),
                    figure.target().map(Target::toString).orElse(""),
                    figure.isMet() ? "" : "MISSED"));
        }
        return rows;
    }

    /** All of it as one line of JSON. */
    public String json() {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("bench", bench);
        result.put("facts", facts);
        result.put("sizes", sizes);
        List<Map<String, Object>> scenarios = new ArrayList<>();
        found.forEach((scenario, findings) -> scenarios.add(json(scenario, findings)));
        result.put("scenarios", scenarios);
        Map<String, Double> ratios = new LinkedHashMap<>();
        allFigures().stream().filter(Figure::ratio).forEach(each -> ratios.put(each.name(), rounded(each.value())));
        result.put("ratios", ratios);
        result.put("figures", allFigures().stream().map(Report::json).toList());
        Map<String, String> failed = new TreeMap<>();
        failures.forEach((scenario, why) -> failed.put(scenario.name(), why));
        result.put("failures", failed);
        return WireJson.LENIENT.writeText(result);
    }

    private static Map<String, Object> json(Scenario scenario, Findings findings) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("name", scenario.name());
        result.put("title", scenario.title());
        result.put("contenders", findings.series().stream().map(Report::json).toList());
        return result;
    }

    private static Map<String, Object> json(Series series) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("name", series.name());
        result.put("runs", series.runs().stream().map(Report::json).toList());
        result.put("repeated", series.repeated().stream().map(Report::json).toList());
        Map<String, Double> median = new LinkedHashMap<>();
        series.measures()
                .forEach(measure ->
                        series.median(measure).ifPresent(value -> median.put(measure.key(), rounded(value))));
        result.put("median", median);
        return result;
    }

    private static Map<String, Double> json(Sample sample) {
        Map<String, Double> values = new LinkedHashMap<>();
        sample.values().forEach((measure, value) -> values.put(measure.key(), rounded(value)));
        return values;
    }

    private static Map<String, Object> json(Figure figure) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("name", figure.name());
        result.put("value", rounded(figure.value()));
        figure.target().ifPresent(target -> {
            result.put("wanted", target.toString());
            result.put("met", figure.isMet());
        });
        return result;
    }

    /** Six digits behind the point: more are noise, and make the line unreadable. */
    private static double rounded(double value) {
        return Math.rint(value * 1e6) / 1e6;
    }
}
