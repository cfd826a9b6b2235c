package dev.leat.engine.backend;

import dev.leat.api.Checks;
import dev.leat.api.QueueName;
import dev.leat.api.TenantName;
import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Health;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Prune;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The stores that one cluster keeps its jobs in, by name, and what can be asked of all of them at once. A queue that is routed nowhere
 * else is in {@link #STANDARD}. Thread-safe; the stores belong to who opened them.
 *
 * @param stores in the order in which they are asked, the one that is named {@link #STANDARD} among them
 */
public record Backends(Map<String, JobStore> stores) {
    public static final String STANDARD = "default";

    public Backends {
        if (!stores.containsKey(STANDARD)) {
            throw new IllegalArgumentException("no backend is named " + STANDARD);
        }
        stores.keySet().forEach(name -> Checks.name("backend", name));
        stores = Collections.unmodifiableMap(new LinkedHashMap<>(stores));
    }

    /** One for everything. */
    public static Backends of(JobStore store) {
        return new Backends(Map.of(STANDARD, store));
    }

    public JobStore standard() {
        return store(STANDARD);
    }

    /**
     * The one of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public JobStore store(String name) {
        JobStore store = stores.get(name);
        if (store == null) {
            throw new IllegalArgumentException("there is no backend " + name);
        }
        return store;
    }

    /** Looks at the jobs of all. */
    public Inspect inspect() {
        List<Inspect> facets = stores.values().stream()
                .map(each -> facet(each, Capability.INSPECTION, Inspect.class))
                .toList();
        return facets.size() == 1 ? facets.getFirst() : new InspectAll(facets);
    }

    /**
     * Changes jobs by hand, wherever they are.
     *
     * @param destination the backend that a queue's jobs are to be in
     */
    public Operate operate(Function<QueueName, String> destination) {
        List<OperateAll.Part> parts = stores.entrySet().stream()
                .map(each -> new OperateAll.Part(
                        each.getKey(),
                        facet(each.getValue(), Capability.OPERATION, Operate.class),
                        facet(each.getValue(), Capability.INSPECTION, Inspect.class)))
                .toList();
        return parts.size() == 1 ? parts.getFirst().operate() : new OperateAll(parts, destination);
    }

    /** How many jobs of a queue have not ended that are in one of them. */
    public long live(String name, TenantName tenant, QueueName queue) {
        return facet(store(name), Capability.INSPECTION, Inspect.class).counts(tenant, queue).entrySet().stream()
                .filter(each -> !each.getKey().isFinal())
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** Removes what ended long ago from all that can; empty if none can. */
    public Optional<Prune> prune() {
        List<Prune> facets = stores.values().stream()
                .flatMap(each -> each.feature(Prune.class).stream())
                .toList();
        return switch (facets.size()) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(facets.getFirst());
            default -> Optional.of(new PruneAll(facets));
        };
    }

    private static <T> T facet(JobStore store, Capability capability, Class<T> facet) {
        store.capabilities().require(capability, "postgres");
        return store.feature(facet).orElseThrow();
    }

    /**
     * That of the {@link #STANDARD} one. Another that is not well makes it degraded and no worse, since the jobs of all others go on. They
     * are asked at the same time.
     */
    public Health health() {
        if (stores.size() == 1) {
            return standard().health();
        }
        Map<String, Future<Health>> asked = new LinkedHashMap<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            stores.forEach((name, store) -> asked.put(name, threads.submit(store::health)));
        }
        Health.Status standard =
                Objects.requireNonNull(asked.get(STANDARD)).resultNow().status();
        boolean allAreWell =
                asked.values().stream().allMatch(each -> each.resultNow().status() == Health.Status.HEALTHY);
        return new Health(
                standard == Health.Status.HEALTHY && !allAreWell ? Health.Status.DEGRADED : standard,
                asked.entrySet().stream()
                        .map(each -> each.getKey() + ": "
                                + each.getValue().resultNow().detail())
                        .collect(Collectors.joining("; ")));
    }
}
