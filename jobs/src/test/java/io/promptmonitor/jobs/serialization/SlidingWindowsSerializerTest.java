package io.promptmonitor.jobs.serialization;

import static io.promptmonitor.jobs.TestRecords.execution;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Exemplar;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.windows.LatencyTail;
import io.promptmonitor.common.windows.SlidingWindow;
import io.promptmonitor.common.windows.SlidingWindows;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class SlidingWindowsSerializerTest {

  private static final PromptVersionId GREETING = new PromptVersionId("greeting", "1.0.0");
  private static final long END = 1_772_000_000_000L;
  private static final Exemplar FAILED =
      new Exemplar(-1, END - 5, 30_000, false, "timeout", 2, 3, "gpt-x", "a/b");
  private static final Exemplar SLOW =
      new Exemplar(
          7, -5, Integer.MAX_VALUE, true, null, Execution.NO_HASH, Execution.NO_HASH, null, null);

  private static final List<LatencyTail> TAILS =
      List.of(new LatencyTail(1000, 1), new LatencyTail(750.5, 2));

  private static SlidingWindows evaluation() {
    WindowAggregate one = new WindowAggregate();
    one.add(execution(7, GREETING, END - 5, 1200));
    WindowAggregate two = one.copy();
    two.add(execution(8, GREETING, END - 70_000, 800));
    return new SlidingWindows(
        GREETING,
        END,
        7.5,
        true,
        List.of(
            new SlidingWindow(
                10_000,
                END - 10_000,
                new WindowAggregate(),
                Double.NaN,
                Double.NaN,
                Double.NaN,
                List.of()),
            new SlidingWindow(60_000, END - 60_000, one, 1200, 1200, 1200, List.of()),
            new SlidingWindow(300_000, END - 300_000, two, 1000, 1180, 1196, TAILS),
            new SlidingWindow(
                3_600_000, END - 3_640_000, two, Double.NaN, Double.NaN, Double.NaN, List.of())),
        List.of(FAILED),
        List.of(SLOW, FAILED));
  }

  @Test
  void readsWhatItWrote() throws IOException {
    SlidingWindows there = read(bytes(evaluation()));
    assertThat(there.promptVersion()).isEqualTo(GREETING);
    assertThat(there.end()).isEqualTo(END);
    assertThat(there.predictedQuality()).isEqualTo(7.5);
    assertThat(there.failures()).containsExactly(FAILED);
    assertThat(there.slowest()).containsExactly(SLOW, FAILED);
    assertThat(there.windows().get(2).latencyTails()).isEqualTo(TAILS);
    assertThat(there.windows())
        .extracting(SlidingWindow::length)
        .containsExactly(10_000L, 60_000L, 300_000L, 3_600_000L);
    assertThat(there.windows())
        .extracting(SlidingWindow::start)
        .containsExactly(END - 10_000, END - 60_000, END - 300_000, END - 3_640_000);
    assertThat(there.windows())
        .extracting(window -> window.counters().latencySum())
        .containsExactly(0L, 1200L, 2000L, 2000L);
    assertThat(there.windows())
        .extracting(SlidingWindow::latencyP95)
        .containsExactly(Double.NaN, 1200.0, 1180.0, Double.NaN);
    assertThat(bytes(there)).as("and again").isEqualTo(bytes(evaluation()));
  }

  @Test
  void sharedCountersAreWrittenOnce() throws IOException {
    List<SlidingWindow> windows = read(bytes(evaluation())).windows();
    assertThat(windows.get(3).counters()).isSameAs(windows.get(2).counters());
    assertThat(windows.get(2).counters()).isNotSameAs(windows.get(1).counters());
  }

  @Test
  void sharedCountersHaveToBeThere() throws IOException {
    byte[] bytes = bytes(evaluation());
    DataOutputSerializer out = new DataOutputSerializer(64);
    PromptVersionIdSerializer.INSTANCE.serialize(GREETING, out);
    int flags = out.length() + 2 * Long.BYTES + 2;
    bytes[flags] |= 1;
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(IOException.class)
        .hasMessage("malformed evaluation: the first window shares its counters");
  }

  /** Written once with version 1: whatever the code becomes, it has to read these bytes. */
  @Test
  void readsWhatVersion1Wrote() throws IOException {
    assertThat(HexFormat.of().formatHex(bytes(evaluation()))).isEqualTo(GOLDEN);
    for (String golden : List.of(GOLDEN, GOLDEN_WITHOUT_FAILURES)) {
      SlidingWindows read = read(HexFormat.of().parseHex(golden));
      assertThat(read.slowest()).containsExactly(SLOW, FAILED);
      assertThat(read.windows().get(3).counters().executionCount()).isEqualTo(2);
    }
  }

  private static final String GOLDEN =
      "096772656574696e6706312e302e300000019c936e3800401e000000000000010400904e000200000000000002e0d403000283060101b0090a14f6dff1b69267001f0100b009001f01001e0801004092c000000000004092c000000000004092c0000000000006e0a712000283060202d00f1428f6dff1b69267001f0200a0069003001f01011e02080200408f40000000000040927000000000004092b0000000000002408f400000000000014087740000000000020180dddb0180f104013efffffffffffffffff6dff1b69267b0ea01000774696d656f75740000000000000002000000000000000300056770742d780003612f620201000000000000000709ffffffff073efffffffffffffffff6dff1b69267b0ea01000774696d656f75740000000000000002000000000000000300056770742d780003612f62";

  /** With aggregates of format 1. */
  private static final String GOLDEN_WITHOUT_FAILURES =
      "096772656574696e6706312e302e300000019c936e3800401e000000000000010400904e000100000000000002e0d4030001030101b0090a14001f0100b009001f01001e4092c000000000004092c000000000004092c0000000000006e0a7120001030202d00f1428001f0200a0069003001f01011e02408f40000000000040927000000000004092b0000000000002408f400000000000014087740000000000020180dddb0180f104013efffffffffffffffff6dff1b69267b0ea01000774696d656f75740000000000000002000000000000000300056770742d780003612f620201000000000000000709ffffffff073efffffffffffffffff6dff1b69267b0ea01000774696d656f75740000000000000002000000000000000300056770742d780003612f62";

  @Test
  void anEvaluationWithoutExecutionsIsSmall() throws IOException {
    WindowAggregate nothing = new WindowAggregate();
    List<SlidingWindow> windows =
        LongStream.rangeClosed(1, 15)
            .mapToObj(
                minutes ->
                    new SlidingWindow(
                        minutes * 60_000,
                        END - minutes * 60_000,
                        nothing,
                        Double.NaN,
                        Double.NaN,
                        Double.NaN,
                        List.of()))
            .toList();
    assertThat(bytes(new SlidingWindows(GREETING, END, 7.5, false, windows, List.of(), List.of())))
        .hasSizeLessThan(120);
  }

  private static SlidingWindows read(byte[] bytes) throws IOException {
    DataInputDeserializer in = new DataInputDeserializer(bytes);
    SlidingWindows evaluation = SlidingWindowsSerializer.INSTANCE.deserialize(in);
    assertThat(in.available()).isZero();
    return evaluation;
  }

  private static byte[] bytes(SlidingWindows evaluation) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    SlidingWindowsSerializer.INSTANCE.serialize(evaluation, out);
    return out.getCopyOfBuffer();
  }
}
