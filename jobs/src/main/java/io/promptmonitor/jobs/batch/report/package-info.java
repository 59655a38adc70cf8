/**
 * The daily report as a batch job: what is stored of a day comes from the tables, each prompt's
 * report goes to the table {@code daily_report} and into files. {@link
 * io.promptmonitor.jobs.batch.report.ReportJob} draws it.
 */
@NullMarked
package io.promptmonitor.jobs.batch.report;

import org.jspecify.annotations.NullMarked;
