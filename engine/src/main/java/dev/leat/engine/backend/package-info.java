/** The places that jobs are kept in: their drivers, and which queue is kept where. */
@NullMarked
package dev.leat.engine.backend;

import org.jspecify.annotations.NullMarked;
