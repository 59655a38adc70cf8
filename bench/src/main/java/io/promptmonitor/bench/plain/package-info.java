/**
 * The job that an experienced user of Flink would write for the same windows, with Flink's own
 * window operators: what our topology is compared with.
 */
@NullMarked
package io.promptmonitor.bench.plain;

import org.jspecify.annotations.NullMarked;
