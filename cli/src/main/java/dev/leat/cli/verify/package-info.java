/** Commands that show what Leat promises by breaking everything around it. */
@NullMarked
package dev.leat.cli.verify;

import org.jspecify.annotations.NullMarked;
