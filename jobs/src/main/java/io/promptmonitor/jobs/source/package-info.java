/**
 * Where executions come from: what the topology takes as its source, and the watermarks that go
 * with it.
 */
@NullMarked
package io.promptmonitor.jobs.source;

import org.jspecify.annotations.NullMarked;
