package dev.leat.verify.faults;

import dev.leat.verify.faults.NetworkFault.Side;

/**
 * What becomes of bytes that go one way through one connection while some faults are active.
 *
 * @param latency nanoseconds from their arrival
 * @param pause nanoseconds between two bytes that go on; 0 to let all go on together
 * @param allowance how many may go on before the connection is reset
 */
record Passage(Fate fate, long latency, long pause, long allowance) {
    static final Passage FREE = new Passage(Fate.FORWARD, 0, 0, Long.MAX_VALUE);

    /** From the mildest to the one that overrides all others. */
    enum Fate {
        FORWARD,
        RESET,
        SWALLOW,
        HOLD
    }

    /** The same with one more fault; {@code count} is how many bytes of replies the connection brought since that began. */
    Passage with(NetworkFault fault, Side way, long count) {
        return switch (fault) {
            case NetworkFault.Latency(var eachWay) -> new Passage(fate, latency + eachWay.toNanos(), pause, allowance);
            case NetworkFault.Drip(var each) -> new Passage(fate, latency, Math.max(pause, each.toNanos()), allowance);
            case NetworkFault.CutReplies(var after)
            when way == Side.OUT -> new Passage(fate, latency, pause, Math.min(allowance, Math.max(0, after - count)));
            case NetworkFault.HalfOpen() -> with(Fate.SWALLOW);
            case NetworkFault.Partition(var side) when side == way || side == Side.BOTH -> with(Fate.HOLD);
            case NetworkFault.LostReplies() when way == Side.OUT -> with(Fate.RESET);
            case NetworkFault.LostRequests() when way == Side.IN -> with(Fate.RESET);
            case NetworkFault.CutReplies cut -> this;
            case NetworkFault.Partition partition -> this;
            case NetworkFault.LostReplies lost -> this;
            case NetworkFault.LostRequests lost -> this;
            case NetworkFault.Refusal refusal -> this;
            case NetworkFault.Reset reset -> this;
        };
    }

    private Passage with(Fate other) {
        return new Passage(fate.compareTo(other) < 0 ? other : fate, latency, pause, allowance);
    }
}
