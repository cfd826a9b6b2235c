/** Keeps jobs, and what a cluster of one node remembers, in one SQLite file. */
@NullMarked
package dev.leat.sqlite;

import org.jspecify.annotations.NullMarked;
