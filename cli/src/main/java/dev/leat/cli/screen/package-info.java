/** How commands talk to people: text that a terminal can show, tables, and times as one says them. */
@NullMarked
package dev.leat.cli.screen;

import org.jspecify.annotations.NullMarked;
