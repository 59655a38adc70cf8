package io.promptmonitor.jobs.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.ingest.Ingested;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.clock.ManualClock;
import org.apache.flink.util.clock.RelativeClock;
import org.junit.jupiter.api.Test;

class EventTimeWatermarksTest {

  private static final Duration OUT_OF_ORDERNESS = Duration.ofSeconds(5);
  private static final Duration PANE = Duration.ofSeconds(10);
  private static final EventTimeWatermarks WATERMARKS =
      EventTimeWatermarks.of(OUT_OF_ORDERNESS, PANE);

  private final IngestParser parser = RecordLines.parsers().create();

  /** Not at 0, which Flink takes for "not yet". */
  private final ManualClock clock = new ManualClock(1);

  private final Output output = new Output();

  @Test
  void saysThatAPaneIsCompleteWithTheExecutionThatCompletesIt() {
    WatermarkGenerator<Ingested> generator = generator(WATERMARKS);

    feed(generator, execution(0));
    assertThat(output.watermarks).containsExactly(RecordLines.START - 10_001);
    feed(generator, execution(4_999));
    assertThat(output.watermarks).hasSize(1);
    feed(generator, execution(5_000));
    assertThat(output.last()).isEqualTo(RecordLines.START - 1);
    feed(generator, execution(3_000));
    feed(generator, execution(14_999));
    assertThat(output.watermarks).hasSize(2);
    feed(generator, execution(47_000));
    assertThat(output.watermarks).hasSize(3);
    assertThat(output.last()).isEqualTo(RecordLines.START + 39_999);
  }

  @Property(tries = 200)
  void isAlwaysTheEndOfAPaneAndNeverTooLateNorTooEarly(
      @ForAll @Size(max = 50) List<@IntRange(max = 200_000) Integer> offsets) {
    WatermarkGenerator<Ingested> generator = generator(WATERMARKS);
    Output output = new Output();
    long latest = Long.MIN_VALUE;
    for (int offset : offsets) {
      latest = Math.max(latest, RecordLines.START + offset);
      generator.onEvent(execution(offset), RecordLines.START + offset, output);
      long pane = PANE.toMillis();
      long expected = Math.floorDiv(latest - OUT_OF_ORDERNESS.toMillis(), pane) * pane - 1;
      assertThat(output.last()).isEqualTo(expected);
    }
    assertThat(output.watermarks).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void feedbackAndDeadLettersLeaveTheWatermarkAlone() {
    WatermarkGenerator<Ingested> generator = generator(WATERMARKS);
    Ingested feedback =
        parse(RecordLines.feedback("a", RecordLines.START + Duration.ofDays(7).toMillis()));
    Ingested deadLetter = parse("no json");
    assertThat(feedback.feedback()).isNotNull();
    assertThat(deadLetter.deadLetter()).isNotNull();

    feed(generator, feedback);
    feed(generator, deadLetter);
    generator.onPeriodicEmit(output);
    assertThat(output.watermarks).isEmpty();
    feed(generator, execution(5_000));
    feed(generator, feedback);
    feed(generator, deadLetter);
    assertThat(output.watermarks).containsExactly(RecordLines.START - 1);
  }

  @Test
  void aDeadLetterHasNoTimestampAndFeedbackItsOwn() {
    TimestampAssigner<Ingested> assigner = WATERMARKS.createTimestampAssigner(() -> null);

    assertThat(assigner.extractTimestamp(parse("no json"), 17))
        .isEqualTo(TimestampAssigner.NO_TIMESTAMP);
    assertThat(assigner.extractTimestamp(parse(RecordLines.feedback("a", 1_234_000)), 17))
        .isEqualTo(1_234_000);
    assertThat(assigner.extractTimestamp(execution(5), 17)).isEqualTo(RecordLines.START + 5);
  }

  @Test
  void isIdleWithoutExecutionsWhateverElseArrives() {
    WatermarkGenerator<Ingested> generator = generator(WATERMARKS);
    Ingested feedback = parse(RecordLines.feedback("a", RecordLines.START));
    for (int second = 0; second <= 61; second++) {
      feed(generator, feedback);
      feed(generator, parse("no json"));
      generator.onPeriodicEmit(output);
      assertThat(output.idle).isEqualTo(second > 60);
      clock.advanceTime(Duration.ofSeconds(1));
    }

    feed(generator, execution(5_000));
    assertThat(output.idle).isFalse();
    generator.onPeriodicEmit(output);
    generator.onPeriodicEmit(output);
    clock.advanceTime(Duration.ofSeconds(60));
    generator.onPeriodicEmit(output);
    assertThat(output.idle).isFalse();
    clock.advanceTime(Duration.ofSeconds(1));
    generator.onPeriodicEmit(output);
    assertThat(output.idle).isTrue();

    // An execution that completes no pane: active again with the next periodic emission.
    feed(generator, execution(5_001));
    generator.onPeriodicEmit(output);
    assertThat(output.idle).isFalse();
    assertThat(output.last()).isEqualTo(RecordLines.START - 1);
  }

  @Test
  void idlenessCanBeSetAndLeftOut() {
    WatermarkGenerator<Ingested> never = generator(WATERMARKS.withoutIdleness());
    never.onPeriodicEmit(output);
    clock.advanceTime(Duration.ofDays(1));
    never.onPeriodicEmit(output);
    assertThat(output.idle).isFalse();

    WatermarkGenerator<Ingested> soon = generator(WATERMARKS.withIdleness(Duration.ofSeconds(1)));
    soon.onPeriodicEmit(output);
    clock.advanceTime(Duration.ofSeconds(2));
    soon.onPeriodicEmit(output);
    assertThat(output.idle).isTrue();
  }

  private void feed(WatermarkGenerator<Ingested> generator, Ingested ingested) {
    generator.onEvent(ingested, ingested.timestamp(), output);
  }

  private Ingested execution(long offsetMillis) {
    Ingested execution = parse(RecordLines.execution("id", RecordLines.START + offsetMillis));
    assertThat(execution.execution()).isNotNull();
    return execution;
  }

  private Ingested parse(String line) {
    byte[] bytes = line.getBytes(UTF_8);
    return parser.parse("test", 1, bytes, 0, bytes.length);
  }

  private WatermarkGenerator<Ingested> generator(EventTimeWatermarks watermarks) {
    return watermarks.createWatermarkGenerator(
        new WatermarkGeneratorSupplier.Context() {
          @Override
          public MetricGroup getMetricGroup() {
            return new UnregisteredMetricsGroup();
          }

          @Override
          public RelativeClock getInputActivityClock() {
            return clock;
          }
        });
  }

  private static final class Output implements WatermarkOutput {

    private final List<Long> watermarks = new ArrayList<>();
    private boolean idle;

    long last() {
      return watermarks.get(watermarks.size() - 1);
    }

    @Override
    public void emitWatermark(Watermark watermark) {
      watermarks.add(watermark.getTimestamp());
      idle = false;
    }

    @Override
    public void markIdle() {
      idle = true;
    }

    @Override
    public void markActive() {
      idle = false;
    }
  }
}
