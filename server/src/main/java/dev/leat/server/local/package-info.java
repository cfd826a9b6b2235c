/** Answers the calls of {@link dev.leat.wire.LeatApi} from the stores of this process. */
@NullMarked
package dev.leat.server.local;

import org.jspecify.annotations.NullMarked;
