package io.promptmonitor.jobs.batch.report;

import io.promptmonitor.common.report.PromptAtAGlance;

/**
 * A report that was written.
 *
 * @param revision its number, from 1
 * @param prompt what it says, at a glance
 */
public record ReportEdition(int revision, PromptAtAGlance prompt) {}
