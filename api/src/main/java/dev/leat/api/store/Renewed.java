package dev.leat.api.store;

/** The store's answer to one renewal. */
public record Renewed(LeaseId lease, Answer answer) {
    /** What became of the lease. */
    public enum Answer {
        /** It ends one lease duration from the call. */
        RENEWED,
        /**
         * It is held, and its end is what it was: another call, or a caller's transaction that completes its job, had hold of it at
         * that moment. It cannot be taken back before that is over; ask again.
         */
        BUSY,
        /** Reclaimed, or all of its jobs are settled; the worker must stop what it still runs under it. */
        GONE
    }

    public boolean held() {
        return answer != Answer.GONE;
    }
}
