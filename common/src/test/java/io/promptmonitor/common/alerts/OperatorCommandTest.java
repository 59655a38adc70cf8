package io.promptmonitor.common.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.promptmonitor.common.alerts.OperatorCommand.Kind;
import io.promptmonitor.common.control.RegistrySignal;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class OperatorCommandTest {

  private static final Silence SILENCE =
      new Silence("s2", List.of(LabelMatcher.parse("prompt=p")), 0, 10, "bob", "known");

  @Test
  void eachKindHasItsOwnFields() {
    OperatorCommand acknowledged =
        OperatorCommand.acknowledged(1, Instant.EPOCH, "alice", "p", "pm-1", null);
    OperatorCommand silenced = OperatorCommand.silenced(2, Instant.EPOCH, SILENCE);
    OperatorCommand ended = OperatorCommand.silenceEnded(3, Instant.EPOCH, "alice", "s2");
    OperatorCommand cleared =
        OperatorCommand.rollbacksCleared(4, Instant.EPOCH, "alice", "p", "looked at");
    OperatorCommand unknown = OperatorCommand.unknown(5, Instant.EPOCH, "alice");
    assertThat(
            List.of(
                acknowledged.kind(), silenced.kind(), ended.kind(), cleared.kind(), unknown.kind()))
        .containsExactly(Kind.values());
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new OperatorCommand(
                    4, Instant.EPOCH, Kind.ROLLBACKS_CLEARED, "a", "p", null, null, null, null));
    assertThat(silenced.actor()).isEqualTo("bob");
    assertThat(Kind.SILENCE_ENDED.label()).isEqualTo("silence_ended");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new OperatorCommand(
                    4, Instant.EPOCH, Kind.SILENCED, "a", "p", "pm-1", null, null, null))
        .withMessage("command 4 is not one of its kind");
  }

  @Test
  void aSignalIsOneThing() {
    OperatorCommand ended = OperatorCommand.silenceEnded(3, Instant.EPOCH, "alice", "s2");
    assertThat(new RegistrySignal(ended).isCaughtUp()).isFalse();
    assertThat(RegistrySignal.CAUGHT_UP.isCaughtUp()).isTrue();
  }
}
