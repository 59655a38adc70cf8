/**
 * Unit tests of alert rules, as data: series of executions, and the alerts, rollbacks and
 * notifications that must come of them. {@code docs/rule-tests.md} explains the files.
 *
 * <p>{@link io.promptmonitor.common.ruletests.RuleTestFile} reads a file, {@link
 * io.promptmonitor.common.ruletests.RuleTest#run} drives the streaming job's state machines through
 * a test, {@link io.promptmonitor.common.ruletests.RuleTestResult} is what came of it.
 */
@NullMarked
package io.promptmonitor.common.ruletests;

import org.jspecify.annotations.NullMarked;
