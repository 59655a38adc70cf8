/** Ratings and scores that come after their execution. */
@NullMarked
package io.promptmonitor.common.feedback;

import org.jspecify.annotations.NullMarked;
