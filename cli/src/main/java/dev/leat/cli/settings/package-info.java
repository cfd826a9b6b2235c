/** Where a command's settings and state come from: the configuration file, the environment, the folder of the user. */
@NullMarked
package dev.leat.cli.settings;

import org.jspecify.annotations.NullMarked;
