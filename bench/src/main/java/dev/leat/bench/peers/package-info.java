/** Leat beside other job systems, on the same PostgreSQL server in the same run. */
@NullMarked
package dev.leat.bench.peers;

import org.jspecify.annotations.NullMarked;
