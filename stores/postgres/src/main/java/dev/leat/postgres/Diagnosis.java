package dev.leat.postgres;

import java.util.List;

/** What {@link PostgresDoctor} found, the worst first, and how large Leat's tables are, the largest first as vacuum has seen them last. */
public record Diagnosis(List<Finding> findings, List<Table> tables) {
    public Diagnosis {
        findings = List.copyOf(findings);
        tables = List.copyOf(tables);
    }

    /** Whether anything is wrong that has to be mended. */
    public boolean hasErrors() {
        return findings.stream().anyMatch(each -> each.severity() == Severity.ERROR);
    }

    public enum Severity {
        /** Promises do not hold, or nothing works. */
        ERROR,
        /** Will hurt some day, or costs something now. */
        WARNING,
        /** Good to know. */
        OK
    }

    /**
     * One thing about the database.
     *
     * @param code stable, such as {@code FSYNC_OFF}
     * @param sentence what is so
     * @param fix what to do, where it can be said as SQL or as a setting; empty if nothing is to be done
     */
    public record Finding(Severity severity, String code, String sentence, String fix) {}

    /**
     * One table.
     *
     * @param inserted rows since the server's statistics were reset; so deleted
     */
    public record Table(
            String name, long live, long dead, long tableBytes, long indexBytes, long inserted, long deleted) {}
}
