package dev.leat.engine.backend;

import dev.leat.api.InvalidValueException;
import dev.leat.api.QueueName;
import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import dev.leat.api.control.Change;
import dev.leat.api.control.ControlRecord;
import dev.leat.api.control.ControlStore;
import dev.leat.api.control.RecordKey;
import dev.leat.api.control.Written;
import dev.leat.engine.codec.Json;
import dev.leat.engine.duty.Duty;
import dev.leat.engine.id.MonotonicClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which backend each queue's jobs go into: one record in the control store for each queue that is not in the {@link
 * Backends#STANDARD} one, with all that it had before.
 *
 * <p>A change is written with a time a little ahead, so that every node knows of it when it comes into force, and it is the time
 * in a job's id that says which backend the job goes into. So a job that is enqueued again goes where it went the first time, and
 * is known there. A node that could not read the routes for longer than {@link #NOTICE} may still put jobs where the queue was; they are
 * taken from there as well, but would not be known if they were enqueued again elsewhere. Thread-safe.
 */
public final class Routes implements Duty {
    /** How long before it comes into force a change is written. */
    public static final Duration NOTICE = Duration.ofSeconds(10);

    private static final String SPACE = "routes";
    private static final int TRIES = 10;

    /** Of one queue; then the oldest is forgotten, when nobody asks for its jobs by their ids any more. */
    static final int MOST_STEPS = 50;

    /** So long a job may be enqueued again and must be known. */
    static final Duration KNOWN = Duration.ofHours(24);

    private final ControlStore store;
    private final MonotonicClock clock;
    private final Set<String> backends;
    private final Runnable changed;
    private volatile Seen seen;
    private long revision = -1;

    /**
     * Reads them.
     *
     * @param backends the names of those there are
     * @param changed called after others than before were read
     */
    public Routes(ControlStore store, MonotonicClock clock, Set<String> backends, Runnable changed) {
        this.changed = changed;
        this.store = store;
        this.clock = clock;
        this.backends = Set.copyOf(backends);
        seen = new Seen(Map.of(), Instant.EPOCH, clock.nanoTime());
        refresh();
    }

    /**
     * The backend of the jobs of a queue that got their ids at that time.
     *
     * @param at null for now
     */
    public String backend(QueueName queue, @Nullable Instant at) {
        Seen now = seen;
        Route route = now.routes.get(queue);
        return route == null ? Backends.STANDARD : route.at(at == null ? now.time(clock.nanoTime()) : at);
    }

    /** All backends that jobs of a queue may be in, the present one first. */
    public List<String> backends(QueueName queue) {
        Seen now = seen;
        Route route = now.routes.get(queue);
        if (route == null) {
            return List.of(Backends.STANDARD);
        }
        Set<String> all = new LinkedHashSet<>();
        all.add(route.at(now.time(clock.nanoTime())));
        route.steps.reversed().forEach(step -> all.add(step.backend));
        all.add(Backends.STANDARD);
        return all.stream().filter(backends::contains).toList();
    }

    /** Of all queues that ever had one, where they are or will be. */
    public Map<QueueName, Step> all() {
        Map<QueueName, Step> last = new TreeMap<>();
        seen.routes.forEach((queue, route) -> {
            if (!route.steps.isEmpty()) {
                last.put(queue, route.steps.getLast());
            }
        });
        return last;
    }

    /** The queues that are, or were, in backends which there are none of here, and those: what is there is neither run nor taken by this process. */
    public Map<QueueName, Set<String>> missing() {
        Map<QueueName, Set<String>> missing = new TreeMap<>();
        seen.routes.forEach((queue, route) -> {
            Set<String> names = route.steps.stream()
                    .map(Step::backend)
                    .filter(name -> !backends.contains(name))
                    .collect(Collectors.toCollection(TreeSet::new));
            if (!names.isEmpty()) {
                missing.put(queue, names);
            }
        });
        return missing;
    }

    /**
     * Has the new jobs of a queue go into that backend, from a little later on. Those that it has stay where they are, and are taken from
     * there.
     *
     * @param allowed called if something would change; throws if that may not be
     * @return from when on; empty if it is so already
     * @throws IllegalArgumentException if there is no such backend
     * @throws InvalidValueException if it was changed too often of late
     */
    public Optional<Instant> route(QueueName queue, String backend, Runnable allowed) {
        return change(queue, backend, route -> {
            if (route.last().equals(backend)) {
                return route;
            }
            allowed.run();
            return and(queue, route, new Step(backend, soon()));
        });
    }

    /**
     * The same for what a configuration says: only if it says something else than the last time, so that what was changed by hand since
     * stays.
     *
     * @param allowed called if something would change; throws if that may not be
     * @param fresh whether nobody can have enqueued a job of the queue yet, so that nothing need wait; asked if something would change
     */
    public Optional<Instant> configure(QueueName queue, String backend, Runnable allowed, BooleanSupplier fresh) {
        return change(queue, backend, route -> {
            if (backend.equals(route.configured)) {
                return route;
            }
            if (route.last().equals(backend)) {
                return new Route(route.steps, backend);
            }
            allowed.run();
            Instant since = route.steps.isEmpty() && fresh.getAsBoolean() ? Instant.EPOCH : soon();
            return new Route(and(queue, route, new Step(backend, since)).steps, backend);
        });
    }

    private static Route and(QueueName queue, Route route, Step next) {
        List<Step> steps = new ArrayList<>(route.steps);
        if (steps.size() == MOST_STEPS) {
            steps.removeFirst();
            Instant end = steps.getFirst().since.plus(KNOWN);
            if (end.isAfter(next.since.minus(NOTICE))) {
                throw new InvalidValueException(
                        "ROUTED_TOO_OFTEN",
                        "backend",
                        "of queue " + queue + " was changed " + MOST_STEPS + " times within " + KNOWN.toHours()
                                + " hours, and where its jobs went must be known so long",
                        "the next change at " + end + " or later");
            }
        }
        steps.add(next);
        return new Route(List.copyOf(steps), route.configured);
    }

    private Optional<Instant> change(QueueName queue, String backend, UnaryOperator<Route> by) {
        if (!backends.contains(backend)) {
            throw new IllegalArgumentException("there is no backend " + backend);
        }
        RecordKey key = new RecordKey(SPACE, queue.value());
        for (int tried = 0; tried < TRIES; tried++) {
            Optional<ControlRecord> found = store.get(key);
            Route route = found.map(each -> Json.STRICT.read(each.value(), Route.class))
                    .orElse(new Route(List.of(), null));
            Route changed = by.apply(route);
            long version = found.map(ControlRecord::version).orElse(Change.ABSENT);
            if (changed.equals(route)) {
                refresh();
                return Optional.empty();
            }
            if (store.write(List.of(new Change.Put(key, version, Json.STRICT.writeText(changed))), null)
                    instanceof Written.Done) {
                readBack(queue);
                return changed.steps.equals(route.steps)
                        ? Optional.empty()
                        : Optional.of(changed.steps.getLast().since);
            }
        }
        throw new StoreException("queue " + queue + " is being routed by others; try again", Effect.NONE, null);
    }

    /** After a change: this node goes by it when this returns, and a failure does not say that nothing was changed. */
    private void readBack(QueueName queue) {
        try {
            refresh();
        } catch (StoreException e) {
            throw new StoreException(
                    "the route of queue " + queue + " was changed, but not read back (" + e.getMessage() + ")",
                    Effect.UNKNOWN,
                    e);
        }
    }

    /** A whole second, as ids have it. */
    private Instant soon() {
        return store.time().plus(NOTICE).truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
    }

    @Override
    public int doWork() {
        refresh();
        return 0;
    }

    /** Reads what has changed: one indexed read if nothing has and there are no routes. */
    public synchronized void refresh() {
        long now = store.revision(SPACE);
        Map<QueueName, Route> routes = seen.routes;
        if (now != revision) {
            routes = new HashMap<>();
            List<ControlRecord> page = store.range(SPACE, "", ControlStore.MOST);
            while (!page.isEmpty()) {
                for (ControlRecord each : page) {
                    routes.put(new QueueName(each.key().name()), Json.STRICT.read(each.value(), Route.class));
                }
                page = store.range(SPACE, page.getLast().key().name(), ControlStore.MOST);
            }
        }
        // A moment too late rather than too early, which ids are not either.
        long nanos = clock.nanoTime();
        seen = new Seen(Map.copyOf(routes), routes.isEmpty() ? Instant.EPOCH : store.time(), nanos);
        if (revision != now) {
            revision = now; // last, so that what failed half way is read again
            changed.run();
        }
    }

    /** What was read last, and when that was. */
    private record Seen(Map<QueueName, Route> routes, Instant time, long nanos) {
        Instant time(long now) {
            return time.plusNanos(now - nanos);
        }
    }

    /**
     * Of one queue.
     *
     * @param steps the oldest first; before them it was the standard one
     * @param configured what a configuration said last
     */
    private record Route(List<Step> steps, @Nullable String configured) {
        String last() {
            return steps.isEmpty() ? Backends.STANDARD : steps.getLast().backend;
        }

        String at(Instant time) {
            for (Step step : steps.reversed()) {
                if (!step.since.isAfter(time)) {
                    return step.backend;
                }
            }
            return Backends.STANDARD;
        }
    }

    /** A backend, and from when on it was or will be that of a queue. */
    public record Step(String backend, Instant since) {}
}
