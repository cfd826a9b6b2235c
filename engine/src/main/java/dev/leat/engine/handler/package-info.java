/** What an application writes: kinds of jobs, and the handlers that run them. */
@NullMarked
package dev.leat.engine.handler;

import org.jspecify.annotations.NullMarked;
