/** How names, times and durations are written for people. */
@NullMarked
package io.promptmonitor.common.text;

import org.jspecify.annotations.NullMarked;
