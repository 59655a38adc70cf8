/** Counts an execution once although its producer sent it again. */
@NullMarked
package io.promptmonitor.jobs.deduplication;

import org.jspecify.annotations.NullMarked;
