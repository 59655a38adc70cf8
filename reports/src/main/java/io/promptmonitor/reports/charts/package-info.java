/**
 * Small charts as SVG elements of an HTML page. Their marks have classes and no colours: the page's
 * style sheet gives them, for light and dark. All are 480 units wide, so that their text is
 * readable also on a telephone, and the same data makes the same bytes anywhere.
 */
@NullMarked
package io.promptmonitor.reports.charts;

import org.jspecify.annotations.NullMarked;
