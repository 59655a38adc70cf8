package io.promptmonitor.common.backtest;

import org.jspecify.annotations.Nullable;

/**
 * Executions that would not have been: those of a version after it would have been rolled back.
 * Times are milliseconds of event time.
 *
 * @param promptId the prompt
 * @param version the version
 * @param toVersion the version that would have been active instead
 * @param since when it would have been rolled back
 * @param until when it is active again, or the last of it was set aside
 * @param executions how many executions were set aside
 */
public record SetAside(
    String promptId,
    String version,
    @Nullable String toVersion,
    long since,
    long until,
    long executions) {}
