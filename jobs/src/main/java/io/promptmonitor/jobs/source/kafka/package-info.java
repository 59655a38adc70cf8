/** Executions in Kafka topics. */
@NullMarked
package io.promptmonitor.jobs.source.kafka;

import org.jspecify.annotations.NullMarked;
