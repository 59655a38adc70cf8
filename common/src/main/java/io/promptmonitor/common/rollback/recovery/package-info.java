/** Whether a rollback helped: what is active since, against what failed and what is expected. */
@NullMarked
package io.promptmonitor.common.rollback.recovery;

import org.jspecify.annotations.NullMarked;
