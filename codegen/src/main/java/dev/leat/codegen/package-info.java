/** Writes the HTTP API as TypeScript, from the same routes and shapes that the server answers by. */
@NullMarked
package dev.leat.codegen;

import org.jspecify.annotations.NullMarked;
