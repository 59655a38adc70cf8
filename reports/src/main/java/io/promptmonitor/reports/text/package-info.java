/** Numbers, times and names as reports show them. */
@NullMarked
package io.promptmonitor.reports.text;

import org.jspecify.annotations.NullMarked;
