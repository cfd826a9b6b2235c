package dev.leat.bench;

import java.util.List;

/** What a scenario measures with: a database server, how much is wanted, and the turns of contenders. */
public final class Bench {
    private final Server server;
    private final Sizes sizes;
    private final Runs runs;

    public Bench(Server server, Sizes sizes, Runs.Watcher watcher) {
        this.server = server;
        this.sizes = sizes;
        runs = new Runs(sizes, watcher);
    }

    public Server server() {
        return server;
    }

    public Sizes sizes() {
        return sizes;
    }

    /** Runs these in turns, as often as is wanted; see {@link Runs}. */
    public Findings interleaved(List<? extends Contender> contenders) throws Exception {
        return runs.interleaved(contenders);
    }
}
