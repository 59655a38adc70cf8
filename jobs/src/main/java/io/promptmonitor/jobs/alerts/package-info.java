/** Evaluates rules, follows alerts, and escalates those that fire. */
@NullMarked
package io.promptmonitor.jobs.alerts;

import org.jspecify.annotations.NullMarked;
