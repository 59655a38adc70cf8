package io.promptmonitor.jobs.serialization;

import static io.promptmonitor.jobs.TestRecords.PROMPT;
import static io.promptmonitor.jobs.TestRecords.execution;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.metrics.Exemplars;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.windows.PaneUpdate;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class PaneUpdateSerializerTest {

  @Test
  void aPaneTravelsWithItsExemplars() throws IOException {
    WindowAggregate aggregate = new WindowAggregate();
    Exemplars exemplars = new Exemplars();
    Execution execution = execution(7, PROMPT, 12_345, 800);
    aggregate.add(execution);
    exemplars.add(execution);

    PaneUpdate there = roundTrip(PaneUpdate.executions(PROMPT, 10_000, aggregate, exemplars));

    assertThat(there.promptVersion()).isEqualTo(PROMPT);
    assertThat(there.time()).isEqualTo(10_000);
    assertThat(there.isFeedback()).isFalse();
    assertThat(there.aggregate().latencySum()).isEqualTo(800);
    assertThat(there.exemplars().newestFailures()).isEmpty();
    assertThat(there.exemplars().slowestExecutions())
        .isEqualTo(exemplars.slowestExecutions())
        .hasSize(1);
  }

  @Test
  void feedbackTravels() throws IOException {
    WindowAggregate change = new WindowAggregate();
    change.quality().add((byte) 4, Execution.NO_SCORE);

    PaneUpdate there = roundTrip(PaneUpdate.feedback(PROMPT, 12_345, change, "feedback-0", 77));

    assertThat(there.isFeedback()).isTrue();
    assertThat(there.time()).isEqualTo(12_345);
    assertThat(there.feedbackSource()).isEqualTo("feedback-0");
    assertThat(there.feedbackPosition()).isEqualTo(77);
    assertThat(there.aggregate().quality().ratingCount()).isEqualTo(1);
    assertThat(there.exemplars().slowestExecutions()).isEmpty();
  }

  private static PaneUpdate roundTrip(PaneUpdate update) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    PaneUpdateSerializer.INSTANCE.serialize(update, out);
    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
    PaneUpdate there = PaneUpdateSerializer.INSTANCE.deserialize(in);
    assertThat(in.available()).isZero();
    return there;
  }
}
