/** The sections of a report, a class for each: which words, rows and charts it is made of. */
@NullMarked
package io.promptmonitor.reports.sections;

import org.jspecify.annotations.NullMarked;
