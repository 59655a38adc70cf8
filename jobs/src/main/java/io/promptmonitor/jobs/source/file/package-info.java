/** Executions in JSON-lines files, merged by event time. */
@NullMarked
package io.promptmonitor.jobs.source.file;

import org.jspecify.annotations.NullMarked;
