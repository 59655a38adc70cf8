/**
 * Makes realistic traffic from a scenario: execution records and feedback events as producers would
 * send them, the same bytes for the same seed, and the truth about them.
 */
@NullMarked
package io.promptmonitor.common.simulation;

import org.jspecify.annotations.NullMarked;
