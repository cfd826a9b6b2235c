package dev.leat.bench.peers;

import dev.leat.bench.Bench;
import dev.leat.bench.Contender;
import dev.leat.bench.Findings;
import dev.leat.bench.Sample;
import dev.leat.bench.Scenario;
import dev.leat.bench.Server;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Something systems are compared in. Every run has a database and a process of its own, both new.
 *
 * @param peers who takes part
 * @param work what a run does
 * @param compare adds figures to what the runs came to
 */
record PeerScenario(String name, String title, List<Peer> peers, Work work, UnaryOperator<Findings> compare)
        implements Scenario {
    private static final String DATABASE = "peer";

    /** Warms up and measures once. */
    @FunctionalInterface
    interface Work {
        Sample run(PeerProcess process, Server server, int jobs, int seconds) throws Exception;
    }

    @Override
    public Findings measure(Bench bench) throws Exception {
        List<Contender> contenders = peers.stream()
                .map(peer -> Contender.of(peer.title(), () -> run(bench, peer)))
                .toList();
        return compare.apply(bench.interleaved(contenders));
    }

    private Sample run(Bench bench, Peer peer) throws Exception {
        Server server = bench.server();
        String drop = "drop database if exists " + DATABASE + " with (force)";
        server.execute(drop, "create database " + DATABASE);
        server.settle();
        try (PeerProcess process = peer.start(server, DATABASE)) {
            process.install();
            int jobs = peer.jobs(bench.sizes().jobs());
            return work.run(process, server, jobs, Math.max(1, (int)
                    bench.sizes().span().toSeconds()));
        } finally {
            server.execute(drop);
        }
    }
}
