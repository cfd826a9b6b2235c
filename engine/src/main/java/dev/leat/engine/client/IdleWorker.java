package dev.leat.engine.client;

import dev.leat.api.Lane;
import dev.leat.api.store.ClaimRequest;
import dev.leat.api.store.Lease;
import java.util.Optional;

/** A worker of this process, which takes a job in the very commit that stores it, while it has nothing else to do. Thread-safe. */
@FunctionalInterface
public interface IdleWorker {
    IdleWorker NONE = lane -> Optional.empty();

    /** A slot for a job of that lane, if the worker runs such jobs and believes that none waits; to be ended by one of its calls. */
    Optional<Slot> slot(Lane lane);

    /** A slot that is kept for one job. */
    interface Slot {
        ClaimRequest request();

        /** The job was handed out by that request. */
        void take(Lease lease);

        /** Nothing was handed out by the request, nor will be. */
        void free();

        /** Perhaps a job was handed out by the request: the worker sends it again. */
        void doubt();
    }
}
