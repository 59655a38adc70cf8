package io.promptmonitor.common.alerts;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a step of {@link Escalation} leads to.
 *
 * @param state the state to be kept; null once the episode is over
 * @param messages what is to be sent, in order; mostly nothing
 * @param wakeUpAt when the next message is due; {@link Long#MAX_VALUE} for never
 */
public record EscalationStep(
    @Nullable EscalationState state, List<EscalationMessage> messages, long wakeUpAt) {

  public EscalationStep {
    messages = List.copyOf(messages);
    if (state == null && wakeUpAt != Long.MAX_VALUE) {
      throw new IllegalArgumentException("nothing is due any more");
    }
  }
}
