package dev.leat.testkit;

import dev.leat.api.Lane;
import dev.leat.api.store.ClaimRequest;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** A claim in the making, with a value for everything that a test does not care about. */
final class ClaimDraft {
    private final IntSupplier freshWorker;
    private @Nullable UUID claimId;
    private @Nullable Integer worker;
    private List<Lane> lanes = List.of(Subject.LANE);
    private int max = 1;
    private long bytes = Long.MAX_VALUE;
    private Duration lease = Subject.LEASE;
    private boolean suspects;

    /** @param freshWorker a worker that holds no lease of suspects, as the contract asks of one that may be given suspects */
    ClaimDraft(IntSupplier freshWorker) {
        this.freshWorker = freshWorker;
    }

    /** Has every {@link #request} ask for the same claim; otherwise each is a new one. */
    ClaimDraft claimId(UUID claimId) {
        this.claimId = claimId;
        return this;
    }

    ClaimDraft worker(int worker) {
        this.worker = worker;
        return this;
    }

    ClaimDraft lanes(Lane... lanes) {
        return lanes(List.of(lanes));
    }

    ClaimDraft lanes(List<Lane> lanes) {
        this.lanes = lanes;
        return this;
    }

    ClaimDraft max(int max) {
        this.max = max;
        return this;
    }

    ClaimDraft bytes(long bytes) {
        this.bytes = bytes;
        return this;
    }

    ClaimDraft lease(Duration lease) {
        this.lease = lease;
        return this;
    }

    ClaimDraft suspects() {
        this.suspects = true;
        return this;
    }

    ClaimRequest request() {
        int asking = worker != null ? worker : suspects ? freshWorker.getAsInt() : 1;
        UUID id = claimId != null ? claimId : UUID.randomUUID();
        return new ClaimRequest(id, asking, lanes, max, bytes, lease, suspects);
    }
}
