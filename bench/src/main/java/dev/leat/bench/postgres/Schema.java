package dev.leat.bench.postgres;

import dev.leat.bench.Server;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/** A schema for one run, dropped when it is closed. */
record Schema(Server server, String name) implements AutoCloseable {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    /** A name that no schema has yet. */
    static Schema fresh(Server server) {
        return new Schema(server, "bench_" + NUMBERS.incrementAndGet());
    }

    @Override
    public void close() throws SQLException {
        server.execute("drop schema if exists " + name + " cascade");
    }
}
