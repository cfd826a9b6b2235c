/** What is wrong with what Leat runs on, and what to do. */
@NullMarked
package dev.leat.cli.doctor;

import org.jspecify.annotations.NullMarked;
