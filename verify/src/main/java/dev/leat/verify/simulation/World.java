package dev.leat.verify.simulation;

import dev.leat.api.TenantName;
import dev.leat.api.control.ControlStore;
import dev.leat.api.store.JobStore;
import dev.leat.engine.memory.InMemoryControlStore;
import dev.leat.engine.memory.InMemoryJobStore;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The stores that a simulated life is about. Both follow the life's {@link VirtualClock}.
 *
 * @param jobs what nodes and callers use
 * @param truth where jobs are looked at: the same store, or the one behind it
 * @param tenants two, that nobody else uses
 */
public record World(JobStore jobs, JobStore truth, ControlStore control, List<TenantName> tenants) {
    /** In memory, where nothing but the seed decides what happens. */
    public static World inMemory(VirtualClock clock) {
        JobStore jobs = new InMemoryJobStore(clock);
        return new World(
                jobs, jobs, new InMemoryControlStore(clock), List.of(TenantName.MAIN, new TenantName("other")));
    }

    /** With something in the way to the stores. */
    public World through(UnaryOperator<JobStore> toJobs, UnaryOperator<ControlStore> toControl) {
        return new World(toJobs.apply(jobs), truth, toControl.apply(control), tenants);
    }
}
