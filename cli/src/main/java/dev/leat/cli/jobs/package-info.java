/** The commands that enqueue jobs, look at them and change them, on a server or straight at a store. */
@NullMarked
package dev.leat.cli.jobs;

import org.jspecify.annotations.NullMarked;
