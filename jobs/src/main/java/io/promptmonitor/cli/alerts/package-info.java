/** {@code promptmon alerts}: a class for each of its subcommands. */
@NullMarked
package io.promptmonitor.cli.alerts;

import org.jspecify.annotations.NullMarked;
