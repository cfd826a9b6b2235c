/** Keeps what a cluster of one node remembers, by an embedded key-value store. */
@NullMarked
package dev.leat.kv;

import org.jspecify.annotations.NullMarked;
