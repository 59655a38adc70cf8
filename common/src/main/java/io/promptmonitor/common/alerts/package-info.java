/**
 * Alerting: rules, the life cycle of an alert, and escalation; pure functions and small state
 * machines that streaming, backtests and tests share.
 *
 * <p>A {@link io.promptmonitor.common.alerts.RuleSet} says which {@link
 * io.promptmonitor.common.alerts.VersionRule}s hold for a version; a rule evaluates windows; {@link
 * io.promptmonitor.common.alerts.AlertLifeCycle} turns evaluations into transitions; {@link
 * io.promptmonitor.common.alerts.Escalation} turns those into messages, and {@link
 * io.promptmonitor.common.alerts.Muting} says which are not sent. {@code docs/alerts.md} describes
 * the behaviour.
 */
@NullMarked
package io.promptmonitor.common.alerts;

import org.jspecify.annotations.NullMarked;
