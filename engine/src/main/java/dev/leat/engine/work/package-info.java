/** Runs jobs: claims them, keeps their leases, hands them to their handlers and settles what came of it. */
@NullMarked
package dev.leat.engine.work;

import org.jspecify.annotations.NullMarked;
