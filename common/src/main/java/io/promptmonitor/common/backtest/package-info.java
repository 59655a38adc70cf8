/**
 * What other rules would have done: stored windows, or executions, through the state machines of
 * the streaming job, compared with what happened.
 */
@NullMarked
package io.promptmonitor.common.backtest;

import org.jspecify.annotations.NullMarked;
