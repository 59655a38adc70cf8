/** Aggregates executions by pane before the shuffle. */
@NullMarked
package io.promptmonitor.jobs.panes;

import org.jspecify.annotations.NullMarked;
