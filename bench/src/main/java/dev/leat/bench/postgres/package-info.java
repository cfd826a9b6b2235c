/** Leat on PostgreSQL, and what it is compared with: plain SQL on the same server. */
@NullMarked
package dev.leat.bench.postgres;

import org.jspecify.annotations.NullMarked;
