/** What the job tells of itself: counts that survive a restart, and Flink metrics. */
@NullMarked
package io.promptmonitor.jobs.metrics;

import org.jspecify.annotations.NullMarked;
