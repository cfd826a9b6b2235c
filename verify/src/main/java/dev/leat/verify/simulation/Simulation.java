package dev.leat.verify.simulation;

import dev.leat.api.ContentType;
import dev.leat.api.JobId;
import dev.leat.api.Lane;
import dev.leat.api.Payload;
import dev.leat.api.StoreException;
import dev.leat.api.TenantName;
import dev.leat.api.control.Change;
import dev.leat.api.control.ControlStore;
import dev.leat.api.control.Leadership;
import dev.leat.api.control.Written;
import dev.leat.api.store.Amendment;
import dev.leat.api.store.Due;
import dev.leat.api.store.Inspect;
import dev.leat.api.store.JobRecord;
import dev.leat.api.store.JobStore;
import dev.leat.api.store.LeaseId;
import dev.leat.api.store.NewJob;
import dev.leat.api.store.Operate;
import dev.leat.api.store.Outcome;
import dev.leat.api.store.Settlement;
import dev.leat.api.store.UniqueKey;
import dev.leat.engine.handler.JobSignal;
import dev.leat.engine.work.Worker;
import dev.leat.verify.history.Event;
import dev.leat.verify.history.HistoryChecker;
import dev.leat.verify.history.Op;
import dev.leat.verify.history.Phase;
import dev.leat.verify.history.Recorder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One life of a world with one store and a few nodes, as a seed has it: steps of duties, handlers, callers and faults one after
 * the other, then everything is healed and runs until nothing is left to do. Every step draws from the seed and its own number
 * alone, so that one that is left out leaves the others as they are.
 */
public final class Simulation {
    /** In time without faults, after its lease: what a dead worker's job may wait. */
    public static final Duration SLACK = Duration.ofMinutes(10);

    static final int STEPS = 420;
    private static final int NODES = 3;
    private static final int ROUNDS_TO_END = 4_000;
    private static final String ROLE = "planner";
    private static final Duration TERM = Duration.ofSeconds(15);
    private static final String KEY = "only";
    private static final Duration LONGEST_WINDOW = Duration.ofSeconds(40);

    private final long seed;
    private final Set<Integer> leftOut;
    private final VirtualClock clock = new VirtualClock();
    private final List<Event> history = new ArrayList<>();
    private final Coverage coverage = new Coverage();
    private final States states;
    private final JobStore jobs;
    private final Inspect inspect;
    private final ControlStore control;
    private final List<TenantName> tenants;
    private final List<Node> nodes = new ArrayList<>();
    private final List<Runnable> late = new ArrayList<>();
    private final List<NewJob> made = new ArrayList<>();
    private final Node caller;
    private RandomGenerator random;
    private int born;
    /** What was done since the last look at the states, in words of {@link dev.leat.api.Transition#verb}. */
    private String did = "";

    private boolean changed;
    private String doing = "";
    private final List<String> steps = new ArrayList<>();
    private long operations;

    private Simulation(long seed, Set<Integer> leftOut, Function<VirtualClock, World> worlds) {
        this.seed = seed;
        this.leftOut = leftOut;
        random = new SplittableRandom(seed);
        World world = worlds.apply(clock);
        jobs = world.jobs();
        inspect = world.truth().feature(Inspect.class).orElseThrow();
        control = world.control();
        tenants = world.tenants();
        states = new States(inspect, coverage);
        caller = node("caller");
        for (int i = 0; i < NODES; i++) {
            nodes.add(node("node-" + ++born));
        }
    }

    /** The life that this seed has, in memory. */
    public static Run run(long seed) {
        return run(seed, Set.of(), World::inMemory);
    }

    /**
     * The life that this seed has without some of its steps, in another world.
     *
     * @param leftOut numbers of steps, from 0
     */
    public static Run run(long seed, Set<Integer> leftOut, Function<VirtualClock, World> world) {
        return new Simulation(seed, leftOut, world).live();
    }

    private Node node(String name) {
        Recorder recorder = new Recorder(name, clock::nanoTime, this::recorded);
        return new Node(name, 1 + random.nextInt(NODES), new Path(jobs, late::add), tenants, recorder, clock);
    }

    private void recorded(List<Event> events) {
        history.addAll(events);
        for (Event event : events) {
            if (event.phase() != Phase.INVOKE && event.op() != Op.FAULT && event.op() != Op.FINAL) {
                coverage.add(
                        event.op().word(), event.word() == null ? event.phase().word() : event.word());
            }
        }
    }

    private Run live() {
        for (int step = 0; step < STEPS; step++) {
            random = new SplittableRandom(seed * 1_000_003 + step);
            if (!leftOut.contains(step)) {
                did = "settle";
                doing = "";
                step();
                steps.add(step + " " + doing);
                look();
            }
        }
        random = new SplittableRandom(~seed);
        end();
        HistoryChecker checker = new HistoryChecker(SLACK);
        history.forEach(checker);
        return new Run(seed, operations, coverage, checker.verdict(), states.impossible(), steps, history);
    }

    private void step() {
        int dice = random.nextInt(1_000);
        if (dice < 90) {
            doing = "enqueue";
            attempt(this::enqueue);
        } else if (dice < 110) {
            doing = "enqueue again";
            attempt(this::enqueueAgain);
        } else if (dice < 540) {
            duty(any(nodes));
        } else if (dice < 720) {
            handlerEnds(any(nodes));
        } else if (dice < 750) {
            doing = "cancel";
            attempt(() -> byHand(true));
        } else if (dice < 780) {
            doing = "retry";
            attempt(() -> byHand(false));
        } else if (dice < 800) {
            doing = "amend";
            attempt(this::amend);
        } else if (dice < 840) {
            lead(any(nodes));
        } else if (dice < 855) {
            doing = "stale call";
            attempt(this::staleCall);
        } else if (dice < 930) {
            Duration by = Duration.ofMillis(1L << random.nextInt(15));
            doing = "time passes: " + by;
            clock.advance(by);
        } else {
            fault();
        }
    }

    // What callers do.

    private void attempt(Runnable call) {
        operations++;
        changed = true;
        try {
            call.run();
        } catch (StoreException e) {
            coverage.add("caller", e.effect() == StoreException.Effect.NONE ? "refused" : "left unknown");
        }
    }

    private void enqueue() {
        List<NewJob> batch = new ArrayList<>();
        Lane lane = new Lane(any(tenants), any(Node.QUEUES), random.nextInt(12) == 0 ? Node.POISON : Node.WORK);
        for (int i = 1 + random.nextInt(6); i > 0; i--) {
            batch.add(job(lane));
        }
        made.addAll(batch);
        batch.forEach(states::watch);
        caller.store.enqueue(batch);
    }

    private NewJob job(Lane lane) {
        int number = made.size() + 1;
        JobId id = JobId.of(jobs.time().getEpochSecond() - JobId.EPOCH_SECOND, caller.number, random.nextInt(1 << 20));
        Due due = switch (random.nextInt(5)) {
            case 0 -> Due.after(Duration.ofMillis(random.nextInt(40_000)));
            case 1 -> Due.at(jobs.time().plusMillis(random.nextInt(40_000) - 5_000));
            default -> Due.now();
        };
        Payload payload = Payload.of(("\"" + number + "\"").getBytes(StandardCharsets.UTF_8), ContentType.JSON);
        return new NewJob(id, number, lane, payload, random.nextInt(10), 1 + random.nextInt(4), due, uniqueKey());
    }

    private @Nullable UniqueKey uniqueKey() {
        return switch (random.nextInt(6)) {
            case 0 -> UniqueKey.untilEnded(KEY);
            case 1 ->
                UniqueKey.within(
                        UniqueKey.SHORTEST_WINDOW.plusMillis(random.nextLong(LONGEST_WINDOW.toMillis() - 1_000)), KEY);
            default -> null;
        };
    }

    private void enqueueAgain() {
        if (!made.isEmpty()) {
            caller.store.enqueue(List.of(any(made)));
        }
    }

    private void byHand(boolean cancel) {
        if (made.isEmpty()) {
            return;
        }
        did = cancel ? "operate: cancel" : "operate: retry";
        NewJob job = any(made);
        Operate operate = caller.store.feature(Operate.class).orElseThrow();
        TenantName tenant = job.lane().tenant();
        List<JobId> ids = List.of(job.id());
        if (cancel) {
            operate.cancel(tenant, ids);
        } else {
            operate.retry(tenant, ids);
        }
    }

    private void amend() {
        if (made.isEmpty()) {
            return;
        }
        did = "operate: reschedule";
        NewJob job = any(made);
        caller.store.feature(Operate.class).orElseThrow().amend(job.lane().tenant(), List.of(job.id()), amendment());
    }

    private Amendment amendment() {
        return switch (random.nextInt(5)) {
            case 0 -> new Amendment.Reschedule(Due.now());
            case 1 -> new Amendment.Reschedule(Due.after(Duration.ofMillis(1 + random.nextInt(40_000))));
            case 2 -> new Amendment.Reprioritise(random.nextInt(10));
            case 3 -> new Amendment.Move(any(Node.QUEUES));
            default -> new Amendment.ReplacePayload(Payload.json("\"" + random.nextInt(1_000) + "\""));
        };
    }

    /** A call that was on its way for a long time, under a lease that may be over. */
    private void staleCall() {
        List<Event> claims = history.stream()
                .filter(event -> event.op() == Op.CLAIM && event.phase() == Phase.OK && event.job() != 0)
                .toList();
        if (claims.isEmpty()) {
            return;
        }
        Event claim = any(claims);
        LeaseId lease = new LeaseId(claim.token());
        boolean old = claims.stream().anyMatch(each -> each.job() == claim.job() && each.token() > claim.token());
        if (!old || random.nextInt(3) == 0) {
            caller.store.renew(List.of(lease), Node.LEASE);
        } else {
            Outcome outcome = switch (random.nextInt(3)) {
                case 0 -> new Outcome.Completed(null);
                case 1 -> new Outcome.Snooze(Duration.ofSeconds(1));
                default -> new Outcome.Release();
            };
            caller.store.settle(List.of(new Settlement(lease, new JobId(claim.job()), outcome)));
        }
    }

    // What nodes do.

    private void duty(Node node) {
        if (!node.stopped) {
            List<Worker.Part> parts = node.parts;
            // The dispatcher, which comes first, twice as often as the others.
            int which = random.nextInt(parts.size() + 1);
            if (which >= parts.size()) {
                node.worker.expectJobs();
            }
            doing = node.name + " " + parts.get(which % parts.size()).name();
            work(parts.get(which % parts.size()));
        }
    }

    private void work(Worker.Part part) {
        operations++;
        did = switch (part.name()) {
            case "promoter" -> "promote";
            case "reclaimer" -> "reclaim";
            default -> "settle";
        };
        try {
            changed |= part.duty().doWork() > 0;
        } catch (StoreException e) {
            changed = true;
            coverage.add("duty", e.effect() == StoreException.Effect.NONE ? "refused" : "left unknown");
        }
    }

    private void handlerEnds(Node node) {
        if (node.stopped || node.started.isEmpty()) {
            return;
        }
        operations++;
        Node.Started handler = any(node.started);
        doing = node.name + " ends " + handler.name();
        if (isPoison(handler) && random.nextInt(3) > 0) {
            coverage.add(Fault.POISON);
            kill(node);
            return;
        }
        node.end(
                handler,
                switch (random.nextInt(12)) {
                    case 0, 1 -> new Node.End.Fails();
                    case 2 -> new Node.End.Signals(JobSignal.snooze(Duration.ofMillis(random.nextInt(20_000))));
                    case 3 ->
                        new Node.End.Signals(JobSignal.retry(Duration.ofMillis(random.nextInt(20_000)), "as planned"));
                    case 4 -> new Node.End.Signals(JobSignal.discard("as planned"));
                    case 5 -> new Node.End.Signals(JobSignal.cancel("as planned"));
                    default -> new Node.End.Completes();
                });
    }

    private static boolean isPoison(Node.Started handler) {
        return handler.name().contains(Node.POISON.value());
    }

    private void lead(Node node) {
        if (node.stopped) {
            return;
        }
        operations++;
        doing = node.name + " leads";
        Leadership held = node.leadership;
        if (held == null || random.nextInt(3) == 0) {
            Optional<Leadership> granted = control.lead(ROLE, node.name, TERM);
            coverage.add("lead", granted.isPresent() ? "granted" : "refused");
            node.leadership = granted.orElse(held);
        } else if (random.nextInt(6) == 0) {
            control.resign(held);
            node.leadership = null;
        } else {
            long call = node.recorder.call();
            node.recorder.record(call, Op.LEAD, Phase.INVOKE, event -> event.epoch(held.epoch()));
            Written written = control.write(List.of(new Change.Append("plan", "\"" + node.name + "\"")), held);
            String word = written instanceof Written.Done ? "accepted" : "deposed";
            coverage.add("leader's write", word);
            node.recorder.record(
                    call, Op.LEAD, Phase.OK, event -> event.epoch(held.epoch()).word(word));
        }
    }

    // What goes wrong.

    private void fault() {
        Fault fault = any(List.of(Fault.values()));
        Node node = any(nodes);
        doing = "fault " + fault.word() + " " + node.name;
        switch (fault) {
            case KILL -> kill(node);
            case STOP -> {
                node.stopped = !node.stopped;
                mark(node, "stop", node.stopped);
            }
            case PARTITION -> {
                node.path.cut(!node.path.isCut());
                mark(node, "partition", node.path.isCut());
            }
            case CLOCK_JUMP -> clock.jump(Duration.ofMillis(1L << random.nextInt(16)));
            case POISON -> {
                // Comes of jobs alone.
                return;
            }
            case REFUSED, REQUEST_LOST, ANSWER_LOST, REQUEST_LATE, REQUEST_TWICE -> {
                (random.nextInt(4) == 0 ? caller : node).path.failNext(fault);
            }
        }
        if (!late.isEmpty()) {
            did = "operate";
            attempt(late.remove(random.nextInt(late.size())));
        }
        coverage.add(fault);
    }

    private void mark(Node node, String word, boolean begins) {
        node.recorder.record(0, Op.FAULT, begins ? Phase.INVOKE : Phase.OK, event -> event.word(word));
    }

    private void kill(Node node) {
        if (node.stopped) {
            mark(node, "stop", false);
        }
        if (node.path.isCut()) {
            mark(node, "partition", false);
        }
        mark(node, HistoryChecker.KILL, true);
        nodes.set(nodes.indexOf(node), node("node-" + ++born));
    }

    // The end.

    private void end() {
        for (Node node : nodes) {
            if (node.stopped) {
                node.stopped = false;
                mark(node, "stop", false);
            }
            if (node.path.isCut()) {
                mark(node, "partition", false);
            }
            node.path.heal();
        }
        caller.path.heal();
        for (Runnable call : late) {
            did = "operate";
            attempt(call);
            look();
        }
        runToTheEnd();
        clock.advance(LONGEST_WINDOW);
        // So that the history knows what time it is when keys are asked for that nobody can have.
        enqueueAtEnd(Stream.of(new Lane(tenants.getFirst(), Node.QUEUES.getFirst(), Node.WORK)), null);
        enqueueAtEnd(
                made.stream()
                        .filter(job -> job.uniqueKey() != null)
                        .map(NewJob::lane)
                        .distinct(),
                UniqueKey.untilEnded(KEY));
        recordAtEnd();
    }

    private void enqueueAtEnd(Stream<Lane> lanes, @Nullable UniqueKey key) {
        List<NewJob> batch = lanes.map(lane -> job(lane))
                .map(job ->
                        new NewJob(job.id(), job.nonce(), job.lane(), job.payload(), job.priority(), 1, Due.now(), key))
                .toList();
        made.addAll(batch);
        batch.forEach(states::watch);
        did = "operate";
        attempt(() -> caller.store.enqueue(batch));
        look();
        runToTheEnd();
    }

    private void runToTheEnd() {
        for (int round = 0; round < ROUNDS_TO_END && !states.allFinal(); round++) {
            clock.advance(Duration.ofMillis(500));
            for (Node node : List.copyOf(nodes)) {
                node.worker.expectJobs();
                for (Worker.Part part : node.parts) {
                    work(part);
                    look();
                }
                for (Node.Started handler : List.copyOf(node.started)) {
                    if (isPoison(handler)) {
                        coverage.add(Fault.POISON);
                        kill(node);
                        break;
                    }
                    node.end(handler, new Node.End.Completes());
                }
            }
            look();
        }
    }

    private void recordAtEnd() {
        long call = caller.recorder.call();
        for (NewJob job : made) {
            Optional<JobRecord> found = inspect.find(job.lane().tenant(), job.id());
            found.ifPresent(record -> caller.recorder.record(
                    call,
                    Op.FINAL,
                    Phase.OK,
                    event -> event.job(job.id().value())
                            .lane(
                                    record.lane().tenant().value(),
                                    record.lane().queue().value(),
                                    record.lane().kind().value())
                            .priority(record.priority())
                            .attempt(record.attempt())
                            .maxAttempts(record.maxAttempts())
                            .crashes(record.crashes())
                            .word(record.state().word())));
        }
    }

    private void look() {
        if (changed) {
            states.look(did, did.startsWith("operate"));
            changed = false;
        }
    }

    private <T> T any(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
