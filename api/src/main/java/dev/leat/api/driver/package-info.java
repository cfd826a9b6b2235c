/** How the technologies that jobs can be kept in are found and opened, whatever they are. */
@NullMarked
package dev.leat.api.driver;

import org.jspecify.annotations.NullMarked;
