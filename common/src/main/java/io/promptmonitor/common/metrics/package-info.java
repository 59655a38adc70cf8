/** The metrics of a window. */
@NullMarked
package io.promptmonitor.common.metrics;

import org.jspecify.annotations.NullMarked;
