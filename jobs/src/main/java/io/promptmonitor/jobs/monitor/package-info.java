/** The streaming job. */
@NullMarked
package io.promptmonitor.jobs.monitor;

import org.jspecify.annotations.NullMarked;
