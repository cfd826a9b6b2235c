/** What the torture of a store needs of this program and of PostgreSQL: a server that can be broken, and the processes of the load. */
@NullMarked
package dev.leat.cli.torture;

import org.jspecify.annotations.NullMarked;
