/** The tests every store must pass, and the clock that drives them. */
@NullMarked
package dev.leat.testkit;

import org.jspecify.annotations.NullMarked;
