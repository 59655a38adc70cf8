/** Panes, windows, and how panes are merged upwards. */
@NullMarked
package io.promptmonitor.common.windows;

import org.jspecify.annotations.NullMarked;
