/** Measures how fast Leat is, on a named machine with a named command. */
@NullMarked
package dev.leat.bench;

import org.jspecify.annotations.NullMarked;
