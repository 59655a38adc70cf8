package io.promptmonitor.jobs.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.promptmonitor.common.alerts.AlertAction;
import io.promptmonitor.common.alerts.AlertReading;
import io.promptmonitor.common.alerts.Confidence;
import io.promptmonitor.common.alerts.EvidenceSample;
import io.promptmonitor.common.alerts.LabelMatcher;
import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.common.alerts.RollbackTrigger;
import io.promptmonitor.common.alerts.RuleKind;
import io.promptmonitor.common.alerts.RuleSummary;
import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.alerts.Silence;
import io.promptmonitor.common.conditions.Operator;
import io.promptmonitor.common.control.RegistrySignal;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.Feedback;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.ingest.DeadLetter;
import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.common.ingest.RejectionReason;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.registry.Deployment;
import io.promptmonitor.common.registry.DeprecationReason;
import io.promptmonitor.common.registry.Performance;
import io.promptmonitor.common.registry.PromptHash;
import io.promptmonitor.common.registry.RegisteredVersion;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RollbackPolicy;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.common.registry.VersionStatus;
import io.promptmonitor.common.rollback.Refusal;
import io.promptmonitor.common.rollback.RollbackCause;
import io.promptmonitor.common.rollback.RollbackEvidence;
import io.promptmonitor.common.rollback.RollbackInput;
import io.promptmonitor.common.rollback.RollbackRecord;
import io.promptmonitor.common.rollback.RollbackSnapshot;
import io.promptmonitor.common.rollback.RollbackStep;
import io.promptmonitor.common.rollback.StepResult;
import io.promptmonitor.common.rollback.Stragglers;
import io.promptmonitor.common.rollback.recovery.RollbackOutcome;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.common.windows.WindowUpdate;
import java.io.IOException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
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

  private static final RegistryEvent DEPLOYED =
      new RegistryEvent(
          1L << 40,
          Instant.parse("2026-01-05T10:20:00.123456Z"),
          RegistryEvent.Kind.DEPLOYED,
          "billing/explain-invoice",
          SemanticVersion.parse("1.1.0"),
          SemanticVersion.parse("1.0.0"),
          SemanticVersion.parse("1.1.0"),
          "alice",
          "better",
          null);
  private static final RegistryEvent ROLLED_BACK =
      new RegistryEvent(
          7,
          Instant.EPOCH,
          RegistryEvent.Kind.ROLLED_BACK,
          "p",
          SemanticVersion.parse("1.0.0"),
          SemanticVersion.parse("1.1.0"),
          SemanticVersion.parse("1.0.0"),
          "job",
          null,
          "decision-1");
  private static final VersionDefinition DEFINITION =
      new VersionDefinition(
          SemanticVersion.parse("1.1.0"),
          PromptHash.of("text"),
          null,
          "ü",
          null,
          new Performance(7.5, 0.95, null, 1500.0),
          RollbackPolicy.defaults(),
          null);
  private static final RegistrySignal REGISTRATION =
      new RegistrySignal(
          new RegistryChange(
              new RegistryEvent(
                  1,
                  Instant.EPOCH,
                  RegistryEvent.Kind.REGISTERED,
                  "p",
                  DEFINITION.versionId(),
                  null,
                  null,
                  "alice",
                  null,
                  null),
              DEFINITION));
  private static final OperatorCommand ACKNOWLEDGED =
      OperatorCommand.acknowledged(
          1, Instant.EPOCH, "alice", "p", "pm-0123456789abcdef0123456789abcdef", "mine");
  private static final Silence SILENCE =
      new Silence(
          "s300",
          List.of(
              LabelMatcher.parse("prompt=checkout-*"), LabelMatcher.parse("severity!=critical")),
          Instant.parse("2026-03-01T00:00:00Z").toEpochMilli(),
          Instant.parse("2026-03-01T02:00:00Z").toEpochMilli(),
          "bob",
          "known");
  private static final OperatorCommand SILENCED =
      OperatorCommand.silenced(300, Instant.parse("2026-02-28T12:00:00.123Z"), SILENCE);
  private static final OperatorCommand SILENCE_ENDED =
      OperatorCommand.silenceEnded(Long.MAX_VALUE, Instant.EPOCH, "bob", "s300");
  private static final RegisteredVersion ACTIVE =
      new RegisteredVersion(
          DEFINITION,
          new Deployment(VersionStatus.ACTIVE, null, Instant.EPOCH, "alice"),
          SemanticVersion.parse("1.0.0"));

  @Nested
  class OfRegistrySignals extends SerializerTestBase<RegistrySignal> {

    @Override
    protected TypeSerializer<RegistrySignal> createSerializer() {
      return RecordTypeInfo.REGISTRY_SIGNAL.createSerializer(
          new ExecutionConfig().getSerializerConfig());
    }

    @Override
    protected int getLength() {
      return -1;
    }

    @Override
    protected Class<RegistrySignal> getTypeClass() {
      return RegistrySignal.class;
    }

    @Override
    protected RegistrySignal[] getTestData() {
      return new RegistrySignal[] {
        RegistrySignal.CAUGHT_UP,
        new RegistrySignal(new RegistryChange(DEPLOYED, null)),
        new RegistrySignal(new RegistryChange(ROLLED_BACK, null)),
        REGISTRATION,
        new RegistrySignal(ACKNOWLEDGED),
        new RegistrySignal(SILENCED),
        new RegistrySignal(SILENCE_ENDED),
        new RegistrySignal(
            OperatorCommand.rollbacksCleared(301, Instant.EPOCH, "bob", "p", "looked at")),
        new RegistrySignal(OperatorCommand.unknown(2, Instant.EPOCH, "alice"))
      };
    }

    @Override
    @Test
    protected void testInstantiate() {
      assertThat(createSerializer().createInstance()).as("there is no empty record").isNull();
    }
  }

  /** Versions 1 and 2 write changes alike. */
  @Test
  void readsSignalsAsVersion1WroteThem() throws IOException {
    TypeSerializerSnapshot<RegistrySignal> snapshot = new RegistrySignalSerializer.Snapshot();
    snapshot.readSnapshot(1, new DataInputDeserializer(), getClass().getClassLoader());
    TypeSerializer<RegistrySignal> version1 = snapshot.restoreSerializer();
    assertThat(signal(version1, "00")).isEqualTo(RegistrySignal.CAUGHT_UP);
    assertThat(signal(version1, GOLDEN_DEPLOYED))
        .isEqualTo(new RegistrySignal(new RegistryChange(DEPLOYED, null)));
    assertThat(signal(version1, GOLDEN_ROLLED_BACK))
        .isEqualTo(new RegistrySignal(new RegistryChange(ROLLED_BACK, null)));
    assertThat(hex(RegistrySignalSerializer.INSTANCE, signal(version1, GOLDEN_DEPLOYED)))
        .isEqualTo(GOLDEN_DEPLOYED);
  }

  @Test
  void readsCommandsAsVersion2WroteThem() throws IOException {
    RegistrySignalSerializer serializer = RegistrySignalSerializer.INSTANCE;
    for (Map.Entry<String, OperatorCommand> golden :
        Map.of(
                GOLDEN_ACKNOWLEDGED,
                ACKNOWLEDGED,
                GOLDEN_SILENCED,
                SILENCED,
                GOLDEN_SILENCE_ENDED,
                SILENCE_ENDED)
            .entrySet()) {
      RegistrySignal command = new RegistrySignal(golden.getValue());
      assertThat(hex(serializer, command)).isEqualTo(golden.getKey());
      assertThat(signal(serializer, golden.getKey())).isEqualTo(command);
    }
  }

  private static RegistrySignal signal(TypeSerializer<RegistrySignal> serializer, String hex)
      throws IOException {
    return serializer.deserialize(new DataInputDeserializer(HexFormat.of().parseHex(hex)));
  }

  private static <T> String hex(TypeSerializer<T> serializer, T value) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(value, out);
    return HexFormat.of().formatHex(out.getCopyOfBuffer());
  }

  private static final String GOLDEN_DEPLOYED =
      "01808080808020a0c1dc950d8094ef3a096465706c6f7965641862696c6c696e672f6578706c61696e2d696e766f69636506312e312e3006312e302e3006312e312e3006616c6963650762657474657200";
  private static final String GOLDEN_ROLLED_BACK =
      "010700000c726f6c6c65645f6261636b027006312e302e3006312e312e3006312e302e30046a6f62000b6465636973696f6e2d31";
  private static final String GOLDEN_ACKNOWLEDGED =
      "020100000d61636b6e6f776c656467656406616c696365027024706d2d303132333435363738396162636465663031323334353637383961626364656600056d696e65";
  private static final String GOLDEN_SILENCED =
      "02ac0280e3969a0dc0a9d33a0973696c656e63656404626f6200000573333030020770726f6d7074000b636865636b6f75742d2a0973657665726974790109637269746963616c80f08eeb946780e4fdf1946704626f62066b6e6f776e0000";
  private static final String GOLDEN_SILENCE_ENDED =
      "02ffffffffffffffff7f00000e73696c656e63655f656e64656404626f620000057333303000";

  @Nested
  class OfSilences extends SerializerTestBase<Silence> {

    @Override
    protected TypeSerializer<Silence> createSerializer() {
      return RecordTypeInfo.SILENCE.createSerializer(new ExecutionConfig().getSerializerConfig());
    }

    @Override
    protected int getLength() {
      return -1;
    }

    @Override
    protected Class<Silence> getTypeClass() {
      return Silence.class;
    }

    @Override
    protected Silence[] getTestData() {
      return new Silence[] {
        SILENCE,
        new Silence("s1", List.of(LabelMatcher.parse("rule=*")), -5, Long.MAX_VALUE, "ü", "")
      };
    }

    @Override
    @Test
    protected void testInstantiate() {
      assertThat(createSerializer().createInstance()).as("there is no empty record").isNull();
    }
  }

  @Nested
  class OfRegisteredVersions extends SerializerTestBase<RegisteredVersion> {

    @Override
    protected TypeSerializer<RegisteredVersion> createSerializer() {
      return RecordTypeInfo.REGISTERED_VERSION.createSerializer(
          new ExecutionConfig().getSerializerConfig());
    }

    @Override
    protected int getLength() {
      return -1;
    }

    @Override
    protected Class<RegisteredVersion> getTypeClass() {
      return RegisteredVersion.class;
    }

    @Override
    protected RegisteredVersion[] getTestData() {
      return new RegisteredVersion[] {
        ACTIVE,
        new RegisteredVersion(DEFINITION, Deployment.draft(), null),
        new RegisteredVersion(
            DEFINITION,
            new Deployment(VersionStatus.DEPRECATED, DeprecationReason.WITHDRAWN, null, null),
            null)
      };
    }

    @Override
    @Test
    protected void testInstantiate() {
      assertThat(createSerializer().createInstance()).as("there is no empty record").isNull();
    }
  }

  /** Kept in state: whatever the code becomes, it has to read these bytes. */
  @Test
  void readsVersionsAsVersion1WroteThem() throws IOException {
    assertThat(
            RegisteredVersionSerializer.INSTANCE.deserialize(
                new DataInputDeserializer(HexFormat.of().parseHex(GOLDEN_VERSION))))
        .isEqualTo(ACTIVE);
  }

  private static final String GOLDEN_VERSION =
      "92027b2250726f6d707456657273696f6e223a7b2276657273696f6e5f6964223a22312e312e30222c2270726f6d70745f68617368223a2239383264396533656239393666353539653633336634643139346465663337363164393039663561336236343764316138353166656164363763333263396431222c22637265617465645f6279223a22fc01222c22706572666f726d616e6365223a7b227072656469637465645f7175616c697479223a372e352c22626173656c696e655f6163637572616379223a302e39352c22626173656c696e655f6c6174656e63795f703935223a313530307d2c22726f6c6c6261636b223a7b226175746f5f726f6c6c6261636b5f656e61626c6564223a747275657d7d7d076163746976650006616c696365000006312e302e30";

  private static final RollbackTrigger TRIGGER =
      new RollbackTrigger(
          "pm-0123456789abcdef0123456789abcdef",
          GREETING,
          "Critical Error Rate",
          new RuleSummary(
              RuleKind.ALERT_RULE,
              Severity.CRITICAL,
              "error_rate > 0.05",
              0,
              List.of(Metric.ERROR_RATE),
              List.of(AlertAction.ALERT, AlertAction.AUTO_ROLLBACK),
              null,
              List.of("slack")),
          Confidence.HIGH,
          1_772_000_010_000L,
          1_772_000_000_000L,
          1_772_000_000_000L,
          new AlertReading(
              Metric.ERROR_RATE, Operator.GREATER, 0.5, 0.05, Double.NaN, 312, 300_000, Double.NaN),
          new EvidenceSample(Metric.ERROR_RATE, Double.NaN, 156, 312, 0.03),
          List.of());
  private static final RollbackTrigger TRIGGER_WITHOUT_READING =
      new RollbackTrigger(
          "pm-1",
          GREETING,
          "ü",
          TRIGGER.summary(),
          Confidence.LOW,
          Long.MAX_VALUE,
          Long.MIN_VALUE,
          0,
          null,
          null,
          List.of());

  @Nested
  class OfRollbackTriggers extends SerializerTestBase<RollbackTrigger> {

    @Override
    protected TypeSerializer<RollbackTrigger> createSerializer() {
      return RecordTypeInfo.ROLLBACK_TRIGGER.createSerializer(
          new ExecutionConfig().getSerializerConfig());
    }

    @Override
    protected int getLength() {
      return -1;
    }

    @Override
    protected Class<RollbackTrigger> getTypeClass() {
      return RollbackTrigger.class;
    }

    @Override
    protected RollbackTrigger[] getTestData() {
      return new RollbackTrigger[] {TRIGGER, TRIGGER_WITHOUT_READING};
    }

    @Override
    @Test
    protected void testInstantiate() {
      assertThat(createSerializer().createInstance()).as("there is no empty record").isNull();
    }
  }

  @Nested
  class OfRollbackInputs extends SerializerTestBase<RollbackInput> {

    @Override
    protected TypeSerializer<RollbackInput> createSerializer() {
      return RecordTypeInfo.ROLLBACK_INPUT.createSerializer(
          new ExecutionConfig().getSerializerConfig());
    }

    @Override
    protected int getLength() {
      return -1;
    }

    @Override
    protected Class<RollbackInput> getTypeClass() {
      return RollbackInput.class;
    }

    @Override
    protected RollbackInput[] getTestData() {
      return new RollbackInput[] {
        RollbackInput.of(TRIGGER), RollbackInput.of(TRIGGER_WITHOUT_READING)
      };
    }

    @Override
    @Test
    protected void testInstantiate() {
      assertThat(createSerializer().createInstance()).as("there is no empty record").isNull();
    }
  }

  /** Aggregates are compared by their bytes. */
  @Test
  void windowsReachTheRollbackProtocol() throws IOException {
    WindowAggregate aggregate = new WindowAggregate();
    aggregate.add(FULL);
    aggregate.add(SPARSE);
    aggregate.close();
    RollbackInput here =
        RollbackInput.of(
            new WindowUpdate(
                GREETING, WindowSize.ONE_HOUR, 0, false, 7, false, Double.NaN, aggregate));
    String bytes = hex(RollbackInputSerializer.INSTANCE, here);
    RollbackInput there =
        RollbackInputSerializer.INSTANCE.deserialize(
            new DataInputDeserializer(HexFormat.of().parseHex(bytes)));
    assertThat(there.trigger()).isNull();
    assertThat(there.window().aggregate().executionCount()).isEqualTo(2);
    assertThat(there.promptId()).isEqualTo("greeting");
    assertThat(hex(RollbackInputSerializer.INSTANCE, there)).isEqualTo(bytes);
  }

  @Nested
  class OfRollbackRecords extends SerializerTestBase<RollbackRecord> {

    @Override
    protected TypeSerializer<RollbackRecord> createSerializer() {
      return RecordTypeInfo.ROLLBACK_RECORD.createSerializer(
          new ExecutionConfig().getSerializerConfig());
    }

    @Override
    protected int getLength() {
      return -1;
    }

    @Override
    protected Class<RollbackRecord> getTypeClass() {
      return RollbackRecord.class;
    }

    @Override
    protected RollbackRecord[] getTestData() {
      Instant time = Instant.parse("2026-03-01T10:05:10.123456Z");
      StepResult step =
          new StepResult(RollbackStep.MONITOR, Instant.EPOCH, StepResult.Status.DONE, "ü");
      return new RollbackRecord[] {
        new RollbackRecord(
            "pm-1",
            RollbackRecord.Kind.AUTOMATIC,
            "p",
            "1.1.0",
            "1.0.0",
            RollbackRecord.Status.SWITCHED,
            null,
            null,
            "robot",
            "error_rate 50% > 5%",
            time,
            time,
            1L << 40,
            RollbackCause.of(TRIGGER),
            new RollbackEvidence(3.25e14, 1e4, 39, 312, null, 0.012, "its last 24 h", 4_812L),
            List.of(step),
            new RollbackSnapshot(
                List.of(
                    new RollbackSnapshot.Window(
                        "1.1.0",
                        Instant.EPOCH,
                        time,
                        60,
                        31,
                        31 / 60.0,
                        812.5,
                        null,
                        null,
                        null,
                        null,
                        Map.of("timeout", 31L)))),
            time,
            RollbackOutcome.RECOVERED,
            "it is fine",
            time,
            JsonNodeFactory.instance.objectNode().put("value", 0.25),
            new Stragglers(3, 0.5, time, 12L),
            JsonNodeFactory.instance.arrayNode().add("ü")),
        new RollbackRecord(
            "pm-2",
            RollbackRecord.Kind.AUTOMATIC,
            "p",
            "1.1.0",
            null,
            RollbackRecord.Status.REFUSED,
            Refusal.NO_TARGET,
            "there is none",
            null,
            "why",
            null,
            null,
            null,
            null,
            null,
            List.of(),
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null)
      };
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
