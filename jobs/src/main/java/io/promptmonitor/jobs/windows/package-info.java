/** Rolls panes up into windows, keyed by prompt version. */
@NullMarked
package io.promptmonitor.jobs.windows;

import org.jspecify.annotations.NullMarked;
