/** What the engine tells of its work to those who watch. */
@NullMarked
package dev.leat.engine.observe;

import org.jspecify.annotations.NullMarked;
