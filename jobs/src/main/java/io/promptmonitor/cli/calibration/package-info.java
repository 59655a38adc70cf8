/**
 * {@code promptmon calibrate}: predicted against actual quality, and corrections of predictions.
 */
@NullMarked
package io.promptmonitor.cli.calibration;

import org.jspecify.annotations.NullMarked;
