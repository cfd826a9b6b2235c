/** The commands that run a node in this process: {@code leat dev}, {@code leat server}. */
@NullMarked
package dev.leat.cli.node;

import org.jspecify.annotations.NullMarked;
