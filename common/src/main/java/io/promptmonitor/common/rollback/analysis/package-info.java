/**
 * The analysis after a rollback: what changed, where failures concentrate, and which decision of
 * the version's exploration that points to. Pure functions of counts and sketches.
 *
 * <p>{@link io.promptmonitor.common.rollback.analysis.WhatChanged} compares the metrics before,
 * while and after the failing version was active; {@link
 * io.promptmonitor.common.rollback.analysis.FailureCorrelation} finds values of a dimension in
 * which failures concentrate; {@link io.promptmonitor.common.rollback.analysis.ExplorationTracing}
 * leads from both to the decisions behind the prompt. All intervals are at 95 %.
 */
@NullMarked
package io.promptmonitor.common.rollback.analysis;

import org.jspecify.annotations.NullMarked;
