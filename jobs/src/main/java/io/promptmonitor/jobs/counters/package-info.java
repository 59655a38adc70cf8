/** Counts that survive a restart. */
@NullMarked
package io.promptmonitor.jobs.counters;

import org.jspecify.annotations.NullMarked;
