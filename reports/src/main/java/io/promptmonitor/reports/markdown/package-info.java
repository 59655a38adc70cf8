/** Pages as Markdown. */
@NullMarked
package io.promptmonitor.reports.markdown;

import org.jspecify.annotations.NullMarked;
