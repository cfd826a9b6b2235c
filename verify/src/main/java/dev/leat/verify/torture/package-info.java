/** Load and faults on a real store, by processes that are really killed, and the judgement of what they recorded. */
@NullMarked
package dev.leat.verify.torture;

import org.jspecify.annotations.NullMarked;
