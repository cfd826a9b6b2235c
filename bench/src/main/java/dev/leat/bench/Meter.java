package dev.leat.bench;

import java.sql.SQLException;
import java.util.Optional;

/** Measures from its making on: time, the server's log, and whose CPU it took. */
public final class Meter {
    private final Server server;
    private final Optional<CpuTimes> cpu;
    private final long wal;
    private final long start;

    Meter(Server server) throws SQLException {
        this.server = server;
        cpu = server.cpu();
        wal = server.walBytes();
        start = System.nanoTime();
    }

    /** What it took until now to do so many jobs, at least 1. */
    public Sample sample(long jobs) throws SQLException {
        double seconds = (System.nanoTime() - start) / 1e9;
        Sample sample = Sample.of(Measure.JOBS_PER_SECOND, jobs / seconds)
                .with(Measure.SECONDS, seconds)
                .with(Measure.WAL, (server.walBytes() - wal) / (double) jobs);
        Optional<CpuTimes> now = server.cpu();
        if (cpu.isEmpty() || now.isEmpty()) {
            return sample;
        }
        CpuTimes taken = now.get().since(cpu.get());
        double microsPerTick = CpuTimes.SECONDS_PER_TICK * 1e6;
        return sample.with(Measure.SERVER_CPU, taken.server() * microsPerTick / jobs)
                .with(Measure.CLIENT_CPU, taken.own() * microsPerTick / jobs)
                .with(Measure.OTHERS, taken.othersShare());
    }
}
