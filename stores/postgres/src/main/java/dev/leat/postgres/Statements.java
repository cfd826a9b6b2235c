package dev.leat.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Every query of the store, each from its own file, with the schema's name put in, the order where there are two, and the parts
 * that it has in common with others. Immutable.
 */
final class Statements {
    private static final List<String> NAMES = List.of(
            "add_up",
            "amend",
            "cancel",
            "claim",
            "claim_few",
            "claim_suspects",
            "completion",
            "control_create",
            "control_delete",
            "control_get",
            "control_lock_spaces",
            "control_put",
            "control_range",
            "control_revise",
            "control_revision",
            "counts",
            "doctor_settings",
            "doctor_snapshots",
            "doctor_tables",
            "doctor_waits",
            "enqueue",
            "enqueue_claimed",
            "enqueue_copy",
            "enqueue_one",
            "enqueue_ready",
            "enqueue_unique",
            "enqueued_cut",
            "enqueued_lock",
            "gone",
            "gone_count",
            "gone_drop",
            "heads",
            "health",
            "instance",
            "instance_exists",
            "journal_append",
            "journal_read",
            "lane_intern",
            "lanes",
            "lead",
            "leader_check",
            "list",
            "list_newest",
            "listeners",
            "listening",
            "lock_timeout",
            "lock_timeout_set",
            "notify",
            "partition_attach",
            "partition_check",
            "partition_create",
            "partition_detach",
            "partition_keep",
            "partition_keep_together",
            "partition_last",
            "partition_lock",
            "partition_survivors",
            "partition_uncheck",
            "partition_validate",
            "promote",
            "prune",
            "pruning",
            "pruning_again",
            "pruning_ahead",
            "pruning_due",
            "pruning_mark",
            "queue_names",
            "ranges",
            "reclaim",
            "records",
            "renew",
            "resign",
            "retry",
            "schema",
            "schema_create",
            "schema_drop",
            "schema_version",
            "settle",
            "settle_completed",
            "settle_few",
            "split",
            "time",
            "totals",
            "unique_over");

    /** Parts that several queries have in common; they stand in for their names. */
    private static final List<String> PARTS = List.of("place", "take", "put");

    private final String schema;
    private final Map<String, Statement> byName;
    private final Map<String, Statement> settlesThenClaims;

    private Statements(String schema, Map<String, Statement> byName) {
        this.schema = schema;
        this.byName = Map.copyOf(byName);
        settlesThenClaims = Stream.of("settle", "settle_completed", "settle_few")
                .flatMap(settle -> Stream.of("claim", "claim_few").map(claim -> Map.entry(settle, claim)))
                .collect(Collectors.toUnmodifiableMap(
                        both -> both.getKey() + " " + both.getValue(),
                        both -> get(both.getKey()).then(get(both.getValue()))));
    }

    static Statements in(String schema) {
        Map<String, Statement> byName = new HashMap<>();
        for (String name : NAMES) {
            byName.put(name, Statement.parse(text(name), schema));
        }
        return new Statements(schema, byName);
    }

    /** These, but for one whose text is changed: how a test plants a bug. */
    Statements with(String name, UnaryOperator<String> change) {
        String before = text(name);
        String after = change.apply(before);
        if (after.equals(before)) {
            throw new IllegalArgumentException("the change leaves " + name + " as it is");
        }
        Map<String, Statement> changed = new HashMap<>(byName);
        changed.put(name, Statement.parse(after, schema));
        return new Statements(schema, changed);
    }

    Statement get(String name) {
        Statement statement = byName.get(name);
        if (statement == null) {
            throw new IllegalArgumentException("there is no query " + name);
        }
        return statement;
    }

    /** One that settles and the one that claims, to be sent together. On a connection that commits by itself, one transaction. */
    Statement thenClaim(String settle, String claim) {
        return Objects.requireNonNull(settlesThenClaims.get(settle + " " + claim), settle);
    }

    /** The schema's name as SQL takes it, also where the name is a word of SQL. It holds no quote itself. */
    static String quoted(String schema) {
        return '"' + schema + '"';
    }

    /** What its file says, with the parts that it has in common with others. */
    static String text(String name) {
        String text = name.equals("list_newest")
                ? file("list").replace("${order}", "desc")
                : file(name).replace("${order}", "asc");
        for (String part : PARTS) {
            String place = "${" + part + "}";
            if (text.contains(place)) {
                text = text.replace(place, file(part).strip());
            }
        }
        return text;
    }

    private static String file(String name) {
        try (InputStream in = Statements.class.getResourceAsStream(name + ".sql")) {
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
     * @param parameters the name that stood at each question mark; a name may stand more than once
     */
    record Statement(String sql, List<String> parameters) {
        private static final Pattern COMMENT = Pattern.compile("--[^\n]*");
        private static final Pattern PARAMETER = Pattern.compile("(?<![:\\w]):([a-z][a-z0-9_]*)");

        static Statement parse(String text, String schema) {
            String bare = COMMENT.matcher(text).replaceAll("").replace("${schema}", quoted(schema));
            List<String> parameters = new ArrayList<>();
            Matcher matcher = PARAMETER.matcher(bare);
            while (matcher.find()) {
                parameters.add(matcher.group(1));
            }
            return new Statement(matcher.replaceAll("?"), List.copyOf(parameters));
        }

        /** With something put in that cannot be a parameter, such as the name of a table; nothing that a user wrote. */
        Statement with(Map<String, String> places) {
            String filled = sql;
            for (Map.Entry<String, String> place : places.entrySet()) {
                filled = filled.replace("${" + place.getKey() + "}", place.getValue());
            }
            return new Statement(filled, parameters);
        }

        /** Each gives its own result. */
        Statement then(Statement next) {
            List<String> all = new ArrayList<>(parameters);
            all.addAll(next.parameters);
            return new Statement(sql + ";\n" + next.sql, List.copyOf(all));
        }
    }
}
