/** Small programs that show how to use Leat. */
@NullMarked
package dev.leat.examples;

import org.jspecify.annotations.NullMarked;
