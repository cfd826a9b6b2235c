/** What a cluster remembers apart from its jobs: the {@link dev.leat.api.control.ControlStore} contract. */
@NullMarked
package dev.leat.api.control;

import org.jspecify.annotations.NullMarked;
