/** {@code promptmon backtest}: what other rules would have done. */
@NullMarked
package io.promptmonitor.cli.backtest;

import org.jspecify.annotations.NullMarked;
