/** Runs the rollback protocol of each prompt. */
@NullMarked
package io.promptmonitor.jobs.rollback;

import org.jspecify.annotations.NullMarked;
