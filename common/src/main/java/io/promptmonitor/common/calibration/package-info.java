/**
 * How well predicted qualities agree with actual ones, since when they do not, and what to correct
 * in later predictions. Pure functions of daily means of quality; the sources of the formulas are
 * in {@code docs/calibration.md}.
 *
 * <p>{@link io.promptmonitor.common.calibration.CalibrationAnalysis} does all of it. A bias is
 * always that of the prediction as it was declared: a correction never changes what is measured.
 */
@NullMarked
package io.promptmonitor.common.calibration;

import org.jspecify.annotations.NullMarked;
