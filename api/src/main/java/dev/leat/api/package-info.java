/** What a job is and what a store must promise. */
@NullMarked
package dev.leat.api;

import org.jspecify.annotations.NullMarked;
