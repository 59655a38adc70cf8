/** Executions that are simulated while the job runs. */
@NullMarked
package io.promptmonitor.jobs.source.simulation;

import org.jspecify.annotations.NullMarked;
