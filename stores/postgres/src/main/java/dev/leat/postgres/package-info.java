/** Keeps jobs and control records in PostgreSQL 14 or later, in a schema of its own. */
@NullMarked
package dev.leat.postgres;

import org.jspecify.annotations.NullMarked;
