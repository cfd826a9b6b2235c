package dev.leat.verify.history;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A process and the leases it holds. */
final class Holder {
    final Map<Long, LeaseTrace> leases = new HashMap<>();

    /** The claim that was answered last. */
    OpenCalls.@Nullable CallId answered;

    /** When that one was asked for the first time: a claim without an answer is asked for again. */
    long askedAt;

    long askingSince = Long.MAX_VALUE;
}
