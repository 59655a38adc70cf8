/** {@code promptmon registry}: a class for each of its subcommands. */
@NullMarked
package io.promptmonitor.cli.registry;

import org.jspecify.annotations.NullMarked;
