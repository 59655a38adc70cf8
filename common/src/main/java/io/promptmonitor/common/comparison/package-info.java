/**
 * Comparing the metrics of two spans of time: estimates with 95 % intervals, intervals of their
 * differences, and what may be said of them. Pure functions of counts and sketches.
 *
 * <p>{@link io.promptmonitor.common.comparison.MetricEstimate} finds a metric's interval by what
 * the metric is, {@link io.promptmonitor.common.comparison.MetricComparison} compares two. The
 * sources of the formulas are in {@code docs/rollback-analysis.md}.
 */
@NullMarked
package io.promptmonitor.common.comparison;

import org.jspecify.annotations.NullMarked;
