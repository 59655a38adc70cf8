/** The command {@code promptmon retention}. */
@NullMarked
package io.promptmonitor.cli.retention;

import org.jspecify.annotations.NullMarked;
