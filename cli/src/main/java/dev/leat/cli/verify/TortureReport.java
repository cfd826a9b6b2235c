package dev.leat.cli.verify;

import dev.leat.api.JobId;
import dev.leat.cli.screen.Table;
import dev.leat.verify.history.Event;
import dev.leat.verify.history.Phase;
import dev.leat.verify.history.Verdict;
import dev.leat.verify.history.Violation;
import dev.leat.verify.torture.FaultKind;
import dev.leat.verify.torture.Judgement;
import dev.leat.wire.WireJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a torture came to, for people and for programs.
 *
 * @param skipped faults that could not be brought about here, and why
 * @param complaints of what went wrong besides
 */
record TortureReport(Judgement judgement, long seed, Map<FaultKind, String> skipped, List<String> complaints) {
    /** One line. */
    String json() {
        return json(Map.of());
    }

    /** One line, which begins with these. */
    String json(Map<String, Object> first) {
        Verdict verdict = judgement.verdict();
        Map<String, Object> result = new LinkedHashMap<>(first);
        result.put("acknowledged", verdict.acknowledged());
        result.put("lost", verdict.lost());
        result.put("doubled", verdict.doubled());
        result.put("staleAccepted", verdict.staleAccepted());
        result.put("faults", verdict.faults());
        result.put("kindsOfFaults", judgement.kinds());
        result.put("jobs", verdict.jobs());
        result.put("completed", verdict.completed());
        result.put("redeliveries", verdict.redeliveries());
        result.put("stale", verdict.stale());
        result.put("broken", verdict.broken());
        result.put(
                "violations",
                judgement.findings().stream()
                        .map(finding -> json(finding.violation()))
                        .toList());
        result.put("complaints", complaints);
        result.put("seed", seed);
        Map<String, String> reasons = new TreeMap<>();
        skipped.forEach((kind, reason) -> reasons.put(kind.word(), reason));
        result.put("skipped", reasons);
        return WireJson.LENIENT.writeText(result);
    }

    private static Map<String, Object> json(Violation violation) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("invariant", violation.invariant().name());
        if (violation.job() != 0) {
            fields.put("job", new JobId(violation.job()).toString());
        }
        fields.put("sentence", violation.sentence());
        return fields;
    }

    List<String> lines() {
        Verdict verdict = judgement.verdict();
        List<String> lines = new ArrayList<>();
        lines.add("%,d jobs acknowledged, %,d completed; %,d lost, %,d doubled, %,d stale calls accepted"
                .formatted(
                        verdict.acknowledged(),
                        verdict.completed(),
                        verdict.lost(),
                        verdict.doubled(),
                        verdict.staleAccepted()));
        lines.add("%,d redeliveries, %,d stale calls refused, %,d faults, seed %d"
                .formatted(verdict.redeliveries(), verdict.stale(), verdict.faults(), seed));
        lines.add("");
        Table faults = new Table("FAULT", ">TIMES");
        judgement.kinds().forEach(faults::row);
        lines.addAll(faults.lines());
        skipped.forEach((kind, reason) -> lines.add("skipped " + kind.word() + ": " + reason));
        lines.add("");
        if (verdict.holds()) {
            lines.add("no promise broken");
        } else {
            lines.add("%,d promises broken:".formatted(verdict.broken()));
            judgement.findings().forEach(finding -> tell(finding, lines));
        }
        complaints.forEach(complaint -> lines.add("besides: " + complaint));
        return lines;
    }

    private static void tell(Judgement.Finding finding, List<String> lines) {
        lines.add(finding.violation().toString());
        if (finding.enough().isEmpty()) {
            return;
        }
        lines.add("  what was asked and answered:");
        finding.enough().forEach(event -> lines.add("    " + event.line().strip()));
        long first = finding.enough().getFirst().at();
        lines.add("  what was broken around it, in seconds after the first of these lines:");
        finding.faults().forEach(event -> lines.add("    " + when(event, first)));
    }

    private static String when(Event fault, long first) {
        return "%+.3f %s of %s%s"
                .formatted(
                        (fault.at() - first) / 1e9,
                        fault.word(),
                        fault.process(),
                        fault.phase() == Phase.OK ? " is mended" : "");
    }
}
