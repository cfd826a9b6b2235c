/** What was done to jobs and what came of it, written down by whoever did it; and whether it keeps the promises. */
@NullMarked
package dev.leat.verify.history;

import org.jspecify.annotations.NullMarked;
