/** Mergeable summaries in bounded space; only these classes know the libraries behind them. */
@NullMarked
package io.promptmonitor.common.sketch;

import org.jspecify.annotations.NullMarked;
