/** Makes job ids: leases a node number, and hands out runs of ids that no other node can make. */
@NullMarked
package dev.leat.engine.id;

import org.jspecify.annotations.NullMarked;
