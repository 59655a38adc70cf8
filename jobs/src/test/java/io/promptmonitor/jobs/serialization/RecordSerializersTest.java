package io.promptmonitor.jobs.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.Feedback;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.ingest.DeadLetter;
import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.common.ingest.RejectionReason;
import java.io.IOException;
import java.util.HexFormat;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SerializerTestBase;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RecordSerializersTest {

  private static final PromptVersionId GREETING = new PromptVersionId("greeting", "1.0.0");
  private static final DeadLetter REJECTED =
      new DeadLetter(
          "executions-3",
          1L << 40,
          RejectionReason.INVALID_RATING,
          "quality.user_feedback: expected 1 to 5",
          612,
          "ab".repeat(32),
          1_772_000_000_000L);
  private static final DeadLetter UNREADABLE =
      new DeadLetter(
          "ü.jsonl",
          1,
          RejectionReason.NOT_JSON,
          "not JSON",
          Integer.MAX_VALUE,
          null,
          Long.MIN_VALUE);
  private static final Execution FULL =
      new Execution(
          -1,
          GREETING,
          1_772_000_000_123L,
          Integer.MAX_VALUE,
          300,
          200,
          false,
          "timeout",
          (byte) 5,
          7_500_000,
          Long.MIN_VALUE,
          2,
          3,
          "gpt-x",
          "a/b");
  private static final Execution SPARSE =
      new Execution(
          7,
          GREETING,
          -5,
          0,
          0,
          0,
          true,
          null,
          Execution.NO_FEEDBACK,
          Execution.NO_SCORE,
          Execution.NO_HASH,
          Execution.NO_HASH,
          Execution.NO_HASH,
          null,
          null);
  private static final Feedback RATING =
      new Feedback(9, GREETING, 1_772_000_000_000L, 1_772_000_600_000L, (byte) 1, -1);

  private static Ingested execution(Execution execution, boolean stripped) {
    return Ingested.withoutPayload("executions-3", 12, execution, null, null, stripped, 612);
  }

  private static final Ingested FEEDBACK =
      Ingested.withoutPayload("f.jsonl", 1, null, RATING, null, false, 100);
  private static final Ingested DEAD =
      Ingested.withoutPayload("f.jsonl", 2, null, null, REJECTED, true, 612);

  @Nested
  class OfIngested extends SerializerTestBase<Ingested> {

    @Override
    protected TypeSerializer<Ingested> createSerializer() {
      return RecordTypeInfo.INGESTED.createSerializer(new ExecutionConfig().getSerializerConfig());
    }

    @Override
    protected int getLength() {
      return -1;
    }

    @Override
    protected Class<Ingested> getTypeClass() {
      return Ingested.class;
    }

    @Override
    protected Ingested[] getTestData() {
      return new Ingested[] {execution(FULL, true), execution(SPARSE, false), FEEDBACK, DEAD};
    }

    @Override
    @Test
    protected void testInstantiate() {
      assertThat(createSerializer().createInstance()).as("there is no empty record").isNull();
    }
  }

  @Nested
  class OfDeadLetters extends SerializerTestBase<DeadLetter> {

    @Override
    protected TypeSerializer<DeadLetter> createSerializer() {
      return RecordTypeInfo.DEAD_LETTER.createSerializer(
          new ExecutionConfig().getSerializerConfig());
    }

    @Override
    protected int getLength() {
      return -1;
    }

    @Override
    protected Class<DeadLetter> getTypeClass() {
      return DeadLetter.class;
    }

    @Override
    protected DeadLetter[] getTestData() {
      return new DeadLetter[] {REJECTED, UNREADABLE};
    }

    @Override
    @Test
    protected void testInstantiate() {
      assertThat(createSerializer().createInstance()).as("there is no empty record").isNull();
    }
  }

  @Test
  void theRecordsBytesStayBehind() throws IOException {
    Ingested here = new Ingested("f", 1, SPARSE, null, null, false, 3, new byte[] {1, 2, 3, 4}, 1);

    Ingested there = roundTrip(here);

    assertThat(there.payload()).isNull();
    assertThat(there.payloadOffset()).isZero();
    assertThat(there.length()).isEqualTo(3);
  }

  /** Written once with version 1: whatever the code becomes, it has to read these bytes. */
  @Test
  void readsWhatVersion1Wrote() throws IOException {
    assertThat(HexFormat.of().formatHex(bytes(execution(FULL, true)))).isEqualTo(GOLDEN_EXECUTION);
    assertThat(read(GOLDEN_EXECUTION)).isEqualTo(execution(FULL, true));
    assertThat(HexFormat.of().formatHex(bytes(FEEDBACK))).isEqualTo(GOLDEN_FEEDBACK);
    assertThat(read(GOLDEN_FEEDBACK)).isEqualTo(FEEDBACK);
    assertThat(HexFormat.of().formatHex(bytes(DEAD))).isEqualTo(GOLDEN_DEAD_LETTER);
    assertThat(read(GOLDEN_DEAD_LETTER)).isEqualTo(DEAD);
  }

  private static final String GOLDEN_EXECUTION =
      "740d657865637574696f6e732d3318c809ffffffffffffffff096772656574696e6706312e302e30f6e1f1b69267feffffff0fd80490030874696d656f757405c0c39307800000000000000000000000000000020000000000000003066770742d7804612f62";
  private static final String GOLDEN_FEEDBACK =
      "0108662e6a736f6e6c02c8010000000000000009096772656574696e6706312e302e3080e0f1b6926780ffbab792670101";
  private static final String GOLDEN_DEAD_LETTER =
      "0608662e6a736f6e6c04c8090d657865637574696f6e732d338080808080400f696e76616c69645f726174696e67277175616c6974792e757365725f666565646261636b3a206578706563746564203120746f2035c80941"
          + "6162".repeat(32)
          + "0000019c936e3800";

  @Test
  void anExecutionIsSmall() throws IOException {
    assertThat(bytes(execution(SPARSE, false))).hasSizeLessThan(60);
  }

  @Test
  void stateOfANewerVersionIsRefused() {
    TypeSerializerSnapshot<Ingested> snapshot = new IngestedSerializer.Snapshot();
    assertThatThrownBy(
            () ->
                snapshot.readSnapshot(2, new DataInputDeserializer(), getClass().getClassLoader()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("newer version of this program");
  }

  @Test
  void otherSerializersStateIsIncompatible() {
    @SuppressWarnings({"unchecked", "rawtypes"})
    TypeSerializerSnapshot<Ingested> other =
        (TypeSerializerSnapshot) new DeadLetterSerializer.Snapshot();
    assertThat(new IngestedSerializer.Snapshot().resolveSchemaCompatibility(other).isIncompatible())
        .isTrue();
  }

  @Test
  void typeInformationTravelsWithTheJob() throws Exception {
    for (TypeInformation<?> type :
        new TypeInformation<?>[] {RecordTypeInfo.INGESTED, RecordTypeInfo.DEAD_LETTER}) {
      TypeInformation<?> clone = InstantiationUtil.clone(type);
      assertThat(clone).isEqualTo(type).hasSameHashCodeAs(type);
    }
    assertThat(RecordTypeInfo.INGESTED).isNotEqualTo(RecordTypeInfo.DEAD_LETTER);
  }

  private static Ingested roundTrip(Ingested ingested) throws IOException {
    return IngestedSerializer.INSTANCE.deserialize(new DataInputDeserializer(bytes(ingested)));
  }

  private static Ingested read(String hex) throws IOException {
    return IngestedSerializer.INSTANCE.deserialize(
        new DataInputDeserializer(HexFormat.of().parseHex(hex)));
  }

  private static byte[] bytes(Ingested ingested) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    IngestedSerializer.INSTANCE.serialize(ingested, out);
    return out.getCopyOfBuffer();
  }
}
