/** Whole jobs side by side, and what state they take. */
@NullMarked
package io.promptmonitor.bench;

import org.jspecify.annotations.NullMarked;
