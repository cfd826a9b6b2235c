package dev.leat.sqlite;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Every query of the stores, each from its own file; lists once in each order. Immutable. */
final class Statements {
    private static final List<String> NAMES = List.of(
            "attempt_add",
            "attempt_retried",
            "attempts",
            "changes",
            "control_delete",
            "control_get",
            "control_put",
            "control_range",
            "control_revise",
            "control_revision",
            "counts",
            "done_add",
            "done_completed",
            "done_due",
            "done_over",
            "done_remove",
            "heads",
            "health",
            "job_add",
            "job_alive",
            "job_amend",
            "job_attempts",
            "job_known",
            "job_move",
            "job_payload",
            "job_place",
            "journal_append",
            "journal_read",
            "lane_add",
            "lanes",
            "lanes_of",
            "leader_get",
            "leader_set",
            "lease_add",
            "lease_claimed",
            "lease_end",
            "lease_get",
            "lease_held",
            "lease_left",
            "lease_members",
            "lease_over",
            "lease_renew",
            "list_all",
            "list_available",
            "list_completed",
            "list_failed",
            "list_running",
            "list_waiting",
            "mark_get",
            "mark_set",
            "mark_touch",
            "original_add",
            "prune_attempts",
            "prune_done",
            "prune_jobs",
            "prune_keys",
            "prune_originals",
            "prune_windows",
            "queue_names",
            "queues",
            "ready_add",
            "ready_lease",
            "ready_read",
            "ready_remove",
            "ready_taken",
            "records",
            "running_add",
            "running_lease",
            "running_take",
            "suspect_add",
            "suspect_first",
            "suspect_read",
            "suspect_remove",
            "total_set",
            "totals",
            "unique_get",
            "unique_take",
            "waiting_add",
            "waiting_due",
            "waiting_remove");

    /** Parts that several queries have in common; they stand in for their names. */
    private static final List<String> PARTS = List.of("place", "places");

    private static final Pattern COMMENT = Pattern.compile("--[^\n]*");

    static final Statements ALL = new Statements();

    private final Map<String, Statement> byName = new HashMap<>();

    private Statements() {
        for (String name : NAMES) {
            String text = file(name + ".sql");
            for (String part : PARTS) {
                text = text.replace("${" + part + "}", file(part + ".sql").strip());
            }
            if (text.contains("${order}")) {
                put(name, text.replace("${order}", "asc").replace("${behind}", ">"));
                put(name + "_newest", text.replace("${order}", "desc").replace("${behind}", "<"));
            } else {
                put(name, text);
            }
        }
    }

    private void put(String name, String text) {
        byName.put(name, Statement.parse(COMMENT.matcher(text).replaceAll("").strip()));
    }

    Statement get(String name) {
        Statement statement = byName.get(name);
        if (statement == null) {
            throw new IllegalArgumentException("there is no query " + name);
        }
        return statement;
    }

    /** Those of the step to a version of the schema, to be run as they stand. */
    static String migration(int version) {
        return file("migration/V" + version + ".sql");
    }

    /** Those that make anew what tells of other rows, to be run as they stand. */
    static String rebuild() {
        return file("rebuild.sql");
    }

    private static String file(String name) {
        try (InputStream in = Statements.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("query " + name + " is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("query " + name + " cannot be read from the jar", e);
        }
    }

    /**
     * A query as JDBC takes it.
     *
     * @param places of its parameters, by name, from 1: SQLite numbers them by where each stands first
     */
    record Statement(String sql, Map<String, Integer> places) {
        private static final Pattern PARAMETER = Pattern.compile(":([a-z][a-z0-9_]*)");

        static Statement parse(String sql) {
            Set<String> names = new LinkedHashSet<>();
            Matcher matcher = PARAMETER.matcher(sql);
            while (matcher.find()) {
                names.add(matcher.group(1));
            }
            Map<String, Integer> places = new HashMap<>();
            for (String name : names) {
                places.put(name, places.size() + 1);
            }
            return new Statement(sql, Map.copyOf(places));
        }
    }
}
