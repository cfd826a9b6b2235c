package dev.leat.engine.queue;

import dev.leat.api.QueueName;
import dev.leat.api.TenantName;

/** A queue and whose it is. */
public record TenantQueue(TenantName tenant, QueueName queue) {
    @Override
    public String toString() {
        return tenant + "/" + queue;
    }
}
