package dev.leat.bench.postgres;

import dev.leat.bench.Contender;
import dev.leat.bench.Meter;
import dev.leat.bench.Sample;
import dev.leat.bench.Server;
import dev.leat.bench.WrongResultException;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A queue as most libraries on PostgreSQL keep it: one table with a status column, claimed by {@code FOR UPDATE SKIP LOCKED},
 * completed by an update, and kept. Done as well as that can be done: prepared statements, many jobs with each, an index of what
 * waits and one of what runs that hold nothing else, two connections, no handlers and no library in between.
 */
public final class ClassicTable implements Contender {
    private static final int CONNECTIONS = 2;
    private static final int BATCH = 1_000;
    private static final int LOAD = 10_000;

    private static final String[] SCHEMA = {
        "create table classic_job(id bigint generated always as identity primary key,"
                + " queue text not null, kind text not null, status text not null default 'available',"
                + " priority smallint not null default 4, attempt smallint not null default 0,"
                + " max_attempts smallint not null default 25, run_at timestamptz not null default now(),"
                + " created_at timestamptz not null default now(), payload bytea not null,"
                + " locked_by int, locked_until timestamptz, finished_at timestamptz, result bytea, error text)",
        "create index classic_job_available on classic_job(queue, priority, run_at, id) where status = 'available'",
        "create index classic_job_running on classic_job(locked_until) where status = 'running'"
    };

    private static final String CLAIM = """
        with picked as materialized (
          select id from classic_job
          where queue = ? and status = 'available' and run_at <= now()
          order by priority, run_at, id
          limit ?
          for update skip locked)
        update classic_job j
        set status = 'running', attempt = attempt + 1, locked_by = ?, locked_until = now() + interval '30 s'
        from picked where j.id = picked.id
        returning j.id, j.kind, j.payload, j.attempt\
        """;

    private static final String COMPLETE = """
        update classic_job
        set status = 'completed', finished_at = now(), locked_by = null, locked_until = null
        where id = any(?) and status = 'running' and locked_by = ?\
        """;

    private final Server server;
    private final int jobs;

    public ClassicTable(Server server, int jobs) {
        this.server = server;
        this.jobs = jobs;
    }

    @Override
    public String name() {
        return "classic table, batches of 1,000";
    }

    @Override
    public Sample run() throws Exception {
        server.execute(SCHEMA);
        try {
            server.settle();
            load();
            AtomicInteger left = new AtomicInteger(jobs);
            AtomicInteger numbers = new AtomicInteger();
            Meter[] meter = new Meter[1];
            Callers.run(
                    CONNECTIONS,
                    () -> {
                        Worker worker = new Worker(server.connect(), numbers.incrementAndGet());
                        return () -> worker.drain(left);
                    },
                    () -> meter[0] = server.meter());
            Sample sample = meter[0].sample(jobs);
            WrongResultException.requireEqual(
                    "completed rows of the classic table",
                    jobs,
                    server.number("select count(*) from classic_job where status = 'completed' and attempt = 1"));
            return sample;
        } finally {
            server.execute("drop table classic_job");
        }
    }

    private void load() throws SQLException {
        try (Connection connection = server.connect();
                PreparedStatement insert = connection.prepareStatement("insert into classic_job(queue, kind, payload)"
                        + " select 'default', 'bench', ? from generate_series(1, ?)")) {
            for (int sent = 0; sent < jobs; sent += LOAD) {
                insert.setBytes(1, ('"' + Payloads.SMALL + '"').getBytes(StandardCharsets.UTF_8));
                insert.setInt(2, Math.min(LOAD, jobs - sent));
                insert.executeUpdate();
            }
        }
        server.execute("analyze classic_job");
    }

    /** One connection that claims and completes in turns. */
    private record Worker(Connection connection, int number) {
        void drain(AtomicInteger left) throws SQLException {
            try (connection;
                    PreparedStatement claim = connection.prepareStatement(CLAIM);
                    PreparedStatement complete = connection.prepareStatement(COMPLETE)) {
                while (left.get() > 0) {
                    List<Long> ids = claimed(claim);
                    if (!ids.isEmpty()) {
                        left.addAndGet(-completed(complete, ids));
                    }
                }
            }
        }

        private List<Long> claimed(PreparedStatement claim) throws SQLException {
            claim.setString(1, "default");
            claim.setInt(2, BATCH);
            claim.setInt(3, number);
            List<Long> ids = new ArrayList<>(BATCH);
            try (ResultSet row = claim.executeQuery()) {
                while (row.next()) {
                    ids.add(row.getLong(1));
                    row.getBytes(3);
                }
            }
            return ids;
        }

        private int completed(PreparedStatement complete, List<Long> ids) throws SQLException {
            Array array = connection.createArrayOf("int8", ids.toArray());
            complete.setArray(1, array);
            complete.setInt(2, number);
            return complete.executeUpdate();
        }
    }
}
