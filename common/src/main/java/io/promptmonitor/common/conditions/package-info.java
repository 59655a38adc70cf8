/**
 * The language of conditions: {@code error_rate > 0.10 for 5 minutes}.
 *
 * <p>{@link io.promptmonitor.common.conditions.Condition#parse} reads and checks a text; {@link
 * io.promptmonitor.common.conditions.Expression} is what a condition consists of. Every part prints
 * as it was written. {@code docs/conditions.md} describes the language.
 */
@NullMarked
package io.promptmonitor.common.conditions;

import org.jspecify.annotations.NullMarked;
