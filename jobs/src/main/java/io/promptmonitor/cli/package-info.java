/** The command line, {@code promptmon}: a class for each command. */
@NullMarked
package io.promptmonitor.cli;

import org.jspecify.annotations.NullMarked;
