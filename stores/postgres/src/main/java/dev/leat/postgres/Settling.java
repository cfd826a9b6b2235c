package dev.leat.postgres;

import dev.leat.api.Payload;
import dev.leat.api.store.Failure;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settled;
import dev.leat.api.store.Settled.Answer;
import dev.leat.api.store.Settlement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One call's settlements: any number of leases and outcomes in one statement. */
final class Settling {
    private static final int COMPLETED = 1;
    private static final int DISCARDED = 2;
    private static final int CANCELLED = 3;
    private static final int RETRY = 4;
    private static final int SNOOZE = 5;
    private static final int RELEASE = 6;

    /** From more ranges on, one statement for all costs less than some for each. */
    private static final int FEW = 4;

    private final List<Settlement> settlements;
    /** Of leases, by their ids: lid, first and end. */
    private final List<long[]> ranges = new ArrayList<>();

    private final List<Settlement> firsts = new ArrayList<>();
    private final List<Boolean> isFirst = new ArrayList<>();
    private final Map<Long, Ranges> took = new HashMap<>();

    Settling(List<Settlement> settlements) {
        this.settlements = settlements;
        Map<Long, SortedSet<Long>> asked = new TreeMap<>();
        for (Settlement each : settlements) {
            boolean first = asked.computeIfAbsent(each.lease().value(), lid -> new TreeSet<>())
                    .add(each.job().value());
            isFirst.add(first);
            if (first && !(each.outcome() instanceof Outcome.Completed(Payload result) && result == null)) {
                firsts.add(each);
            }
        }
        asked.forEach((lid, ids) ->
                Ranges.merge(List.copyOf(ids)).forEach(range -> ranges.add(new long[] {lid, range[0], range[1]})));
    }

    /** The statement that does it. */
    String statement() {
        return firsts.isEmpty() && ranges.size() <= FEW ? "settle_few" : plainStatement();
    }

    /** One that does it on a caller's connection, which a function in PL/pgSQL would not leave as it was. */
    String plainStatement() {
        return allComplete() ? "settle_completed" : "settle";
    }

    private boolean allComplete() {
        return firsts.stream().allMatch(each -> each.outcome() instanceof Outcome.Completed);
    }

    /** Sets its parameters. */
    Call ask(Call call) throws SQLException {
        call.array("lids", "int8", ranges.stream().mapToLong(each -> each[0]).toArray())
                .array("los", "int8", ranges.stream().mapToLong(each -> each[1]).toArray())
                .array("his", "int8", ranges.stream().mapToLong(each -> each[2]).toArray());
        setOutcomes(call, firsts);
        return call;
    }

    /** Takes a row of its result. */
    boolean add(ResultSet row) throws SQLException {
        return took.computeIfAbsent(row.getLong("lid"), lid -> new Ranges()).add(row.getString("took"));
    }

    /** The answers, in the order of the settlements, once all rows are taken. */
    List<Settled> answers() {
        List<Settled> answers = new ArrayList<>(settlements.size());
        for (int i = 0; i < settlements.size(); i++) {
            LeaseId lease = settlements.get(i).lease();
            Ranges accepted = took.get(lease.value());
            boolean ok = isFirst.get(i)
                    && accepted != null
                    && accepted.contains(settlements.get(i).job().value());
            answers.add(new Settled(lease, settlements.get(i).job(), ok ? Answer.ACCEPTED : Answer.STALE_LEASE));
        }
        return answers;
    }

    private static void setOutcomes(Call call, List<Settlement> of) throws SQLException {
        int n = of.size();
        short[] outcome = new short[n];
        @Nullable Short[] resultType = new Short[n];
        byte @Nullable [][] result = new byte[n][];
        @Nullable Double[] after = new Double[n];
        @Nullable String[] error = new String[n];
        @Nullable String[] detail = new String[n];
        for (int i = 0; i < n; i++) {
            switch (of.get(i).outcome()) {
                case Outcome.Completed completed -> {
                    outcome[i] = COMPLETED;
                    Payload payload = completed.result();
                    if (payload != null) {
                        resultType[i] = (short) payload.contentType().code();
                        result[i] = payload.bytes();
                    }
                }
                case Outcome.Discard(Failure failure) -> {
                    outcome[i] = DISCARDED;
                    error[i] = failure.message();
                    detail[i] = failure.detail();
                }
                case Outcome.Cancelled(Failure reason) -> {
                    outcome[i] = CANCELLED;
                    error[i] = reason.message();
                    detail[i] = reason.detail();
                }
                case Outcome.Retry(Duration wait, Failure failure) -> {
                    outcome[i] = RETRY;
                    after[i] = Enqueuer.seconds(wait);
                    error[i] = failure.message();
                    detail[i] = failure.detail();
                }
                case Outcome.Snooze(Duration wait) -> {
                    outcome[i] = SNOOZE;
                    after[i] = Enqueuer.seconds(wait);
                }
                case Outcome.Release() -> outcome[i] = RELEASE;
            }
        }
        call.array(
                        "of_lid",
                        "int8",
                        of.stream().mapToLong(each -> each.lease().value()).toArray())
                .array(
                        "of_id",
                        "int8",
                        of.stream().mapToLong(each -> each.job().value()).toArray())
                .array("outcome", "int2", outcome)
                .array("result_type", "int2", resultType)
                .array("result", "bytea", result)
                .array("after_seconds", "float8", after)
                .array("error", "text", error)
                .array("detail", "text", detail);
    }
}
