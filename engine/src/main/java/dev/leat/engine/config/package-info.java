/** Configuration: a YAML file and the environment, bound to records, with every mistake named by file, line and path. */
@NullMarked
package dev.leat.engine.config;

import org.jspecify.annotations.NullMarked;
