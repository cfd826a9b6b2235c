package dev.leat.sqlite;

import dev.leat.api.KindName;
import dev.leat.api.Lane;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Lanes and their numbers. A number is known here before the commit that stores it, and if that fails is never given to another lane,
 * so whoever reads a number in the file finds its lane here. Only the writer adds; anybody may look up.
 */
final class Lanes {
    private final Map<Lane, Integer> numbers = new ConcurrentHashMap<>();
    private final Map<Integer, Lane> lanes = new ConcurrentHashMap<>();
    private int last;

    void load(Session session) throws SQLException {
        session.query("lanes").each(row -> {
            Lane lane = new Lane(
                    new TenantName(row.getString("tenant")),
                    new QueueName(row.getString("queue")),
                    new KindName(row.getString("kind")));
            int number = row.getInt("lane");
            numbers.put(lane, number);
            lanes.put(number, lane);
            last = Math.max(last, number);
            return true;
        });
    }

    Optional<Integer> known(Lane lane) {
        return Optional.ofNullable(numbers.get(lane));
    }

    Lane lane(int number) {
        Lane lane = lanes.get(number);
        if (lane == null) {
            throw new IllegalStateException("there is no lane " + number);
        }
        return lane;
    }

    int add(Session session, Lane lane) throws SQLException {
        int number = ++last;
        session.query("lane_add")
                .set("lane", number)
                .set("tenant", lane.tenant().value())
                .set("queue", lane.queue().value())
                .set("kind", lane.kind().value())
                .update();
        lanes.put(number, lane);
        numbers.put(lane, number);
        return number;
    }

    /** What was added was rolled back. */
    void remove(Lane lane) {
        numbers.remove(lane);
    }
}
