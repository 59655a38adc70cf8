/** Pages as HTML that needs nothing else: no network, no script. */
@NullMarked
package io.promptmonitor.reports.html;

import org.jspecify.annotations.NullMarked;
