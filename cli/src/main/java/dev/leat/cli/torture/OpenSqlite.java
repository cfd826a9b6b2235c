package dev.leat.cli.torture;

import dev.leat.api.control.ControlStore;
import dev.leat.api.store.JobStore;
import dev.leat.sqlite.SqliteConfig;
import dev.leat.sqlite.SqliteStores;
import dev.leat.verify.torture.Stores;
import java.nio.file.Path;
import java.util.Optional;

/** Stores in one SQLite file, by a clock that is set forward for all who open it. */
record OpenSqlite(SqliteStores stores) implements Stores {
    static final String FILE = "leat.db";

    /** @param clock the file that says how far the clock is ahead */
    static OpenSqlite at(Path file, Path clock) {
        SqliteConfig config = SqliteConfig.of(file);
        return new OpenSqlite(SqliteStores.open(config.withClock(new ForwardClock(config.clock(), clock))));
    }

    @Override
    public JobStore jobs() {
        return stores.jobs();
    }

    @Override
    public ControlStore control() {
        return stores.control();
    }

    @Override
    public Optional<Database> database() {
        return Optional.empty();
    }

    @Override
    public void hurry() {
        stores.hurry();
    }

    @Override
    public void close() {
        stores.close();
    }
}
