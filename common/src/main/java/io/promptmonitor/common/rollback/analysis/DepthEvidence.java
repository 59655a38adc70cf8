package io.promptmonitor.common.rollback.analysis;

import java.util.List;

/**
 * What speaks for a decision as the cause.
 *
 * @param depth the decision's depth in the exploration, from 0 on
 * @param selected what was selected there
 * @param evidence what was seen that has to do with it; empty if nothing
 */
public record DepthEvidence(int depth, String selected, List<String> evidence) {

  public DepthEvidence {
    evidence = List.copyOf(evidence);
  }
}
