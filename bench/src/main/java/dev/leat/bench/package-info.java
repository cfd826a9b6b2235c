/**
 * Measures on a named machine with a named command: scenarios whose contenders take turns, medians of their runs, and how they
 * compare.
 */
@NullMarked
package dev.leat.bench;

import org.jspecify.annotations.NullMarked;
