/** Execution records and feedback events as metrics see them. */
@NullMarked
package io.promptmonitor.common.execution;

import org.jspecify.annotations.NullMarked;
