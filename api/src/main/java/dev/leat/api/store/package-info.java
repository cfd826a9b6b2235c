/** What a store must promise: the {@link dev.leat.api.store.JobStore} contract and the values that cross it. */
@NullMarked
package dev.leat.api.store;

import org.jspecify.annotations.NullMarked;
