/**
 * The daily report of a prompt: what it says, section by section, as a function of what is stored
 * of the day.
 *
 * <p>{@link io.promptmonitor.common.report.DailyReport} is the whole report; a section is a record
 * with its name. {@link io.promptmonitor.common.report.PromptDay} is what it is made from, {@link
 * io.promptmonitor.common.report.ReportWriter} makes it. How it looks is the module {@code
 * reports}.
 */
@NullMarked
package io.promptmonitor.common.report;

import org.jspecify.annotations.NullMarked;
