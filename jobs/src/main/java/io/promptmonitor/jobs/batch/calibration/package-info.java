/**
 * The analysis of predicted against actual quality as a batch job over the tables of windows and
 * versions.
 *
 * <pre>
 * window_metrics, registered_version ──► quality-days ──► calibration ──► calibration-results
 *                 (in parallel, by prompt)              (one, all versions)  (one transaction)
 * </pre>
 */
@NullMarked
package io.promptmonitor.jobs.batch.calibration;

import org.jspecify.annotations.NullMarked;
