package dev.leat.postgres;

import dev.leat.api.Checks;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.TenantName;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Operated;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Cancels and retries single jobs. A statement waits for whoever holds a job at that moment; if it has moved by then, the
 * statement does not see where to, and the next one looks again.
 */
final class Operations implements Operate {
    /** Far more than a job can move about while it is looked for. */
    private static final int MOST_ROUNDS = 100;

    private final Database database;
    private final Lanes lanes;
    private final Consumer<Map<Lane, Integer>> available;

    /** @param available told of what became available */
    Operations(Database database, Lanes lanes, Consumer<Map<Lane, Integer>> available) {
        this.database = database;
        this.lanes = lanes;
        this.available = available;
    }

    @Override
    public List<Operated> cancel(TenantName tenant, List<JobId> ids) {
        Map<JobId, Operated> first = judge("cancel", tenant, ids);
        Set<JobId> seen = new HashSet<>();
        List<Operated> answers = new ArrayList<>(ids.size());
        for (JobId id : ids) {
            Operated answer = answer(first, id);
            boolean again = !seen.add(id) && answer instanceof Operated.Done;
            answers.add(again ? new Operated.NotAllowed(id, JobState.CANCELLED) : answer);
        }
        return answers;
    }

    @Override
    public List<Operated> retry(TenantName tenant, List<JobId> ids) {
        Map<JobId, Operated> first = judge("retry", tenant, ids);
        tellOf(first.values());
        return ids.stream().map(id -> answer(first, id)).toList();
    }

    private void tellOf(Collection<Operated> answers) {
        Map<Lane, Integer> now = new HashMap<>();
        for (Operated answer : answers) {
            if (answer instanceof Operated.Done(JobId job, Lane lane, JobState state) && state == JobState.AVAILABLE) {
                now.merge(lane, 1, Integer::sum);
            }
        }
        available.accept(now);
    }

    private static Operated answer(Map<JobId, Operated> found, JobId id) {
        return found.getOrDefault(id, new Operated.NotFound(id));
    }

    /** The answers for the jobs that the tenant has. */
    private Map<JobId, Operated> judge(String verb, TenantName tenant, List<JobId> ids) {
        Checks.range("ids", ids.size(), 0, JobStore.BATCH_JOBS);
        Map<JobId, Row> rows = new HashMap<>();
        SortedSet<Long> left = new TreeSet<>(ids.stream().map(JobId::value).toList());
        database.statements(connection -> {
            for (int round = 0; round < MOST_ROUNDS && !left.isEmpty(); round++) {
                List<Long> moved = judge(connection, verb, tenant, left, rows);
                left.clear();
                left.addAll(moved);
            }
            return left;
        });
        if (!left.isEmpty()) {
            throw new StoreException(
                    left.size() + " jobs moved each time before they could be changed; ask again",
                    Effect.UNKNOWN,
                    null);
        }
        Map<JobId, Operated> answers = new HashMap<>();
        rows.forEach((id, row) -> answers.put(
                id,
                row.answer.equals("done")
                        ? new Operated.Done(id, lanes.lane(row.lane), row.state)
                        : new Operated.NotAllowed(id, row.state)));
        return answers;
    }

    /** The jobs that moved. */
    private List<Long> judge(Connection connection, String verb, TenantName tenant, Set<Long> ids, Map<JobId, Row> rows)
            throws SQLException {
        List<Long> moved = new ArrayList<>();
        Call call = database.call(connection, verb)
                .set("tenant", tenant.value())
                .array("ids", "int8", ids.stream().mapToLong(Long::longValue).toArray())
                .set("most_attempts", MOST_ATTEMPTS);
        for (Row row : call.rows(Row::read)) {
            if (row.answer.equals("moved")) {
                moved.add(row.id.value());
            } else {
                rows.put(row.id, row);
            }
        }
        return moved;
    }

    private record Row(JobId id, int lane, String answer, JobState state) {
        static Row read(ResultSet row) throws SQLException {
            return new Row(
                    new JobId(row.getLong("id")),
                    row.getInt("lane"),
                    row.getString("answer"),
                    JobState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)));
        }
    }
}
