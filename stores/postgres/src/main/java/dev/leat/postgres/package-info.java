/** Keeps jobs in PostgreSQL, as blocks of contiguous ids. */
@NullMarked
package dev.leat.postgres;

import org.jspecify.annotations.NullMarked;
