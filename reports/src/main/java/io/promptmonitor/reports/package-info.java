/**
 * How daily reports look: {@link io.promptmonitor.reports.MarkdownReport}, {@link
 * io.promptmonitor.reports.HtmlReport} and {@link io.promptmonitor.reports.JsonReport} write one,
 * {@link io.promptmonitor.reports.ReportFiles} a directory of them.
 *
 * <p>What a report says is made of {@code sections}, once for both looks. To add a section: add a
 * class there and name it in {@link io.promptmonitor.reports.sections.ReportPage}.
 */
@NullMarked
package io.promptmonitor.reports;

import org.jspecify.annotations.NullMarked;
