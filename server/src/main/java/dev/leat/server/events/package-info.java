/** What happened last, kept for a while for those who follow it. */
@NullMarked
package dev.leat.server.events;

import org.jspecify.annotations.NullMarked;
