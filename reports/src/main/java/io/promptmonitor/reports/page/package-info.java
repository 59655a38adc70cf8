/** What a page of a report says, before it is written as Markdown or HTML. */
@NullMarked
package io.promptmonitor.reports.page;

import org.jspecify.annotations.NullMarked;
