package io.promptmonitor.common.rollback;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The rollback lag: executions that still report the old version after the switch.
 *
 * @param executions how many, from the first whole minute after the switch on
 * @param share of all executions of the prompt since then, 0 to 1; null if there were none
 * @param lastAt event time of the last one; null if there was none, or it is not known
 * @param lagSeconds from the switch to the last one; null if that is not known
 */
@JsonNaming(SnakeCaseStrategy.class)
public record Stragglers(
    long executions, @Nullable Double share, @Nullable Instant lastAt, @Nullable Long lagSeconds) {}
