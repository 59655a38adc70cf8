/** The command {@code promptmon report}. */
@NullMarked
package io.promptmonitor.cli.report;

import org.jspecify.annotations.NullMarked;
