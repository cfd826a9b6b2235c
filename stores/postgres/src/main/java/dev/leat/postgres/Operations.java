package dev.leat.postgres;

import dev.leat.api.Checks;
import dev.leat.api.JobId;
import dev.leat.api.JobState;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.QueueName;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.TenantName;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.Due;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Operated;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Cancels, retries and amends single jobs. A statement waits for whoever holds a job at that moment; if it has moved by then, the
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
        Map<JobId, Operated> first = judge(tenant, ids, new Verb("cancel", Map.of(), Optional.empty()));
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
        Map<JobId, Operated> first =
                judge(tenant, ids, new Verb("retry", Map.of("most_attempts", MOST_ATTEMPTS), Optional.empty()));
        tellOf(first.values());
        return ids.stream().map(id -> answer(first, id)).toList();
    }

    @Override
    public List<Operated> amend(TenantName tenant, List<JobId> ids, Amendment amendment) {
        Map<JobId, Operated> first = judge(tenant, ids, Verb.of(amendment));
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
    private Map<JobId, Operated> judge(TenantName tenant, List<JobId> ids, Verb verb) {
        Checks.range("ids", ids.size(), 0, JobStore.BATCH_JOBS);
        Map<JobId, Operated> answers = new HashMap<>();
        SortedSet<Long> left = new TreeSet<>(ids.stream().map(JobId::value).toList());
        for (int round = 0; round < MOST_ROUNDS && !left.isEmpty(); round++) {
            Supplier<List<Row>> ask = () -> database.statements(connection ->
                    verb.ask(database.call(connection, verb.name), tenant, left).rows(Row::read));
            List<Row> rows = answers.isEmpty() ? ask.get() : Database.afterEffect(ask);
            left.clear();
            Set<Lane> missing = new HashSet<>();
            for (Row row : rows) {
                switch (row.answer) {
                    case "done" -> answers.put(row.id, new Operated.Done(row.id, lanes.lane(row.lane), row.state));
                    case "not_allowed" -> answers.put(row.id, new Operated.NotAllowed(row.id, row.state));
                    case "moved" -> left.add(row.id.value());
                    case "laneless" -> {
                        left.add(row.id.value());
                        missing.add(verb.aim(lanes.lane(row.lane)));
                    }
                    default -> throw new IllegalStateException(verb.name + " answers " + row.answer);
                }
            }
            if (!missing.isEmpty()) {
                intern(missing, !answers.isEmpty());
            }
        }
        if (!left.isEmpty()) {
            throw new StoreException(
                    left.size() + " jobs moved each time before they could be changed; ask again",
                    Effect.UNKNOWN,
                    null);
        }
        return answers;
    }

    private void intern(Set<Lane> missing, boolean afterEffect) {
        try {
            lanes.intern(missing);
        } catch (StoreException e) {
            throw afterEffect ? new StoreException(String.valueOf(e.getMessage()), Effect.UNKNOWN, e) : e;
        }
    }

    /**
     * A statement and what it is asked beside the jobs.
     *
     * @param queue that jobs are to come to
     */
    private record Verb(String name, Map<String, Object> values, Optional<QueueName> queue) {
        private static final List<String> AMENDABLE =
                List.of("run_after", "run_at", "priority", "queue", "content_type", "sha256", "payload");

        static Verb of(Amendment amendment) {
            Map<String, Object> values = switch (amendment) {
                case Amendment.Reschedule(Due.Now()) -> Map.of("run_after", 0.0);
                case Amendment.Reschedule(Due.After(Duration delay)) -> Map.of("run_after", Enqueuer.seconds(delay));
                case Amendment.Reschedule(Due.At(Instant instant)) -> Map.of("run_at", Enqueuer.micros(instant));
                case Amendment.Reprioritise(int priority) -> Map.of("priority", priority);
                case Amendment.Move(QueueName queue) -> Map.of("queue", queue.value());
                case Amendment.ReplacePayload(Payload payload) ->
                    Map.of(
                            "content_type", payload.contentType().code(),
                            "sha256", payload.sha256(),
                            "payload", payload.bytes());
            };
            return new Verb(
                    "amend",
                    values,
                    amendment instanceof Amendment.Move(QueueName queue) ? Optional.of(queue) : Optional.empty());
        }

        Call ask(Call call, TenantName tenant, Set<Long> ids) throws SQLException {
            AMENDABLE.forEach(name -> call.set(name, null));
            values.forEach(call::set);
            return call.set("tenant", tenant.value())
                    .array(
                            "ids",
                            "int8",
                            ids.stream().mapToLong(Long::longValue).toArray());
        }

        Lane aim(Lane from) {
            return new Lane(from.tenant(), queue.orElseThrow(), from.kind());
        }
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
