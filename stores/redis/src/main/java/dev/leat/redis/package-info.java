/** Jobs in Redis: packed blocks, leases as records, one script for each verb (docs/decisions/022-redis-layout.md). */
@NullMarked
package dev.leat.redis;

import org.jspecify.annotations.NullMarked;
