/** Where a job's results go: PostgreSQL tables, written in batches and safe to replay. */
@NullMarked
package io.promptmonitor.jobs.sink;

import org.jspecify.annotations.NullMarked;
