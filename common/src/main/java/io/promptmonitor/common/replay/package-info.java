/**
 * The streaming job's state machines driven through time without a cluster: for tests of rules,
 * backtests and simulations.
 */
@NullMarked
package io.promptmonitor.common.replay;

import org.jspecify.annotations.NullMarked;
