package dev.leat.engine.id;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Draws the nonces by which a store tells a job that is sent again from another job that was given the same id by mistake.
 *
 * <p>No value comes twice from one source; two sources are as independent as 127 random bits make them. Not a secret: who
 * sees some can tell the rest.
 */
public final class Nonces {
    private final AtomicLong state;
    private final long step;

    public Nonces() {
        this(new SecureRandom().nextLong(), new SecureRandom().nextLong());
    }

    Nonces(long start, long step) {
        this.state = new AtomicLong(start);
        this.step = step | 1;
    }

    public long next() {
        return mix(state.getAndAdd(step));
    }

    /** SplitMix64's finaliser: one to one, and every bit of the argument moves half the bits of the answer. */
    private static long mix(long z) {
        long y = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        long x = (y ^ y >>> 27) * 0x94d049bb133111ebL;
        return x ^ x >>> 31;
    }
}
