package dev.leat.bench.peers;

import dev.leat.bench.Findings;
import dev.leat.bench.Measure;
import dev.leat.bench.Meter;
import dev.leat.bench.Sample;
import dev.leat.bench.Scenario;
import dev.leat.bench.Server;
import dev.leat.bench.Target;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What {@code leat bench peers} measures. */
public final class PeerScenarios {
    static final Measure ENQUEUED = new Measure("enqueuedPerSecond", "enqueued/s", 0);
    static final Measure JOBS = new Measure("jobs", "jobs", 0);

    private static final int BATCH = 1_000;
    private static final int CALLERS = 16;
    private static final int SINGLE_SHARE = 4;
    private static final int WARM_UP_SHARE = 5;

    private final List<Peer> others;

    private PeerScenarios(List<Peer> others) {
        this.others = List.copyOf(others);
    }

    /** The systems that Leat can be measured beside, by the words for them on the command line. */
    public static List<String> words() {
        return others().map(Peer::word).toList();
    }

    /** To measure Leat beside these alone; the words are some of {@link #words}. */
    public static PeerScenarios beside(Collection<String> words) {
        return new PeerScenarios(
                others().filter(peer -> words.contains(peer.word())).toList());
    }

    private static Stream<Peer> others() {
        return Stream.of(Peer.values()).filter(peer -> peer != Peer.LEAT);
    }

    /** Version and settings of each that takes part, by title. */
    public Map<String, String> peers() {
        Map<String, String> all = new LinkedHashMap<>();
        all().forEach(peer -> all.put(peer.title(), peer.description()));
        return all;
    }

    private List<Peer> all() {
        return Stream.concat(Stream.of(Peer.LEAT), others.stream()).toList();
    }

    public List<Scenario> scenarios() {
        return List.of(
                new PeerScenario(
                        "drain",
                        "jobs enqueued a thousand in a call, then drained by one worker with a handler that does"
                                + " nothing",
                        all(),
                        PeerScenarios::bulk,
                        this::compareBulk),
                new PeerScenario(
                        "drain-single",
                        "jobs enqueued one in a call by " + CALLERS + " callers, then drained by one worker",
                        all(),
                        PeerScenarios::single,
                        this::compareSingle),
                latency(20),
                latency(500));
    }

    private static Sample bulk(PeerProcess process, Server server, int jobs, int seconds)
            throws IOException, SQLException {
        process.bulk(warmUp(jobs), BATCH);
        process.drain(warmUp(jobs));
        double enqueue = process.bulk(jobs, BATCH);
        return drained(process, server, jobs).with(ENQUEUED, jobs / enqueue);
    }

    private static Sample single(PeerProcess process, Server server, int most, int seconds)
            throws IOException, SQLException {
        int jobs = Math.max(1, most / SINGLE_SHARE);
        process.single(warmUp(jobs), CALLERS);
        process.drain(warmUp(jobs));
        double enqueue = process.single(jobs, CALLERS);
        return drained(process, server, jobs).with(ENQUEUED, jobs / enqueue);
    }

    private static int warmUp(int jobs) {
        return Math.max(1, jobs / WARM_UP_SHARE);
    }

    /** The speed is that of the process itself; what the server spent is measured around it, the worker's stop included. */
    private static Sample drained(PeerProcess process, Server server, int jobs) throws IOException, SQLException {
        Meter meter = server.meter();
        double seconds = process.drain(jobs);
        return meter.sample(jobs)
                .with(Measure.JOBS_PER_SECOND, jobs / seconds)
                .with(Measure.SECONDS, seconds)
                .with(JOBS, jobs);
    }

    private PeerScenario latency(int rate) {
        return new PeerScenario(
                "latency-" + rate,
                "from the call that enqueues to the start of the handler at " + rate
                        + " jobs/s, caller and worker in one process",
                all(),
                (process, server, jobs, seconds) -> offered(process, server, rate, seconds),
                findings -> compareLatency(findings, rate));
    }

    private static Sample offered(PeerProcess process, Server server, int rate, int seconds)
            throws IOException, SQLException {
        Meter meter = server.meter();
        List<Double> millis = process.offer(rate, seconds).stream().sorted().toList();
        Sample spent = meter.sample(millis.size());
        Sample sample = Sample.of(Measure.P50, percentile(millis, 0.5))
                .with(Measure.P95, percentile(millis, 0.95))
                .with(Measure.P99, percentile(millis, 0.99));
        return spent.value(Measure.OTHERS).isPresent()
                ? sample.with(Measure.OTHERS, spent.value(Measure.OTHERS).getAsDouble())
                : sample;
    }

    /** The least value that at least such a part of them does not exceed. */
    private static double percentile(List<Double> sorted, double part) {
        return sorted.get((int) Math.ceil(part * sorted.size()) - 1);
    }

    private Findings compareBulk(Findings findings) {
        ratios(findings, "drain", Measure.JOBS_PER_SECOND, Target.atLeast(4).goal(6));
        ratios(findings, "bulk enqueue", ENQUEUED, null);
        // Less at the mercy of what else the machine does than speed is.
        costs(findings, "server CPU per drained job", Measure.SERVER_CPU);
        return costs(findings, "WAL per drained job", Measure.WAL);
    }

    private Findings compareSingle(Findings findings) {
        ratios(
                findings,
                "drain of single enqueues",
                Measure.JOBS_PER_SECOND,
                Target.atLeast(2.5).goal(4));
        return ratios(findings, "single enqueue", ENQUEUED, null);
    }

    /** How often Leat's median is that of each of the others; only beside the fastest of them is there a promise. */
    private Findings ratios(Findings findings, String what, Measure measure, @Nullable Target beside) {
        for (Peer peer : others) {
            Target target = peer == Peer.GRAPHILE_TUNED ? beside : null;
            findings.ratio(what + " vs " + peer.title(), measure, Peer.LEAT.title(), peer.title(), target);
        }
        return findings;
    }

    private Findings compareLatency(Findings findings, int rate) {
        return costs(findings, "p50 at " + rate + "/s", Measure.P50);
    }

    /** How often Leat's median goes into that of each of the others. */
    private Findings costs(Findings findings, String what, Measure measure) {
        for (Peer peer : others) {
            findings.ratio(what + " of " + peer.title() + " vs Leat", measure, peer.title(), Peer.LEAT.title(), null);
        }
        return findings;
    }
}
