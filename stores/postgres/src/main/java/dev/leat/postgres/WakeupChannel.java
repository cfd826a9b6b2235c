package dev.leat.postgres;

import java.util.UUID;

/** Where the wake-ups of a schema go: named after its instance, so that two schemas do not hear each other and no name is too long. */
record WakeupChannel(UUID instance) {
    String name() {
        return "leat_" + instance;
    }

    /** The name by which senders see that a session listens, whatever name its URL gives. */
    String listeners() {
        return "leat-wakeups " + instance;
    }
}
