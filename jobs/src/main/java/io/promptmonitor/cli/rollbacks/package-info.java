/** {@code promptmon rollbacks}: a class for each of its subcommands. */
@NullMarked
package io.promptmonitor.cli.rollbacks;

import org.jspecify.annotations.NullMarked;
