package io.promptmonitor.common.conditions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.common.conditions.Expression.And;
import io.promptmonitor.common.conditions.Expression.Or;
import io.promptmonitor.common.conditions.Expression.Parenthesized;
import io.promptmonitor.common.conditions.Operand.Baseline;
import io.promptmonitor.common.conditions.Operand.Factor;
import io.promptmonitor.common.conditions.Operand.Literal;
import io.promptmonitor.common.conditions.Operand.Offset;
import io.promptmonitor.common.config.ConfigException;
import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.metrics.Metric;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Every condition of the specification of Prompt Monitor.
        "error_rate > 0.05",
        "error_rate > 0.03",
        "latency_p95 > baseline * 2.0",
        "latency_p95 > baseline * 1.5",
        "success_rate < 0.95",
        "avg_calibration_delta > 2.0",
        "avg_user_feedback < 3.0",
        "error_rate > 0.10 for 5 minutes",
        "success_rate < 0.85 for 10 minutes",
        "latency_p99 > 10000ms for 5 minutes",
        "calibration_drift > 2.0",
        "user_feedback_negative_rate > 0.20",
        "latency_p95 > 3000 for 30 minutes",
        // The rest of the language.
        "error_rate >= 5%",
        "latency_avg <= 1.5s for 5m",
        "success_rate < baseline for 5_minutes",
        "latency_p50 > 2.0 * baseline",
        "error_rate > baseline + 0.02",
        "consistency_rate < baseline - 5%",
        "latency_p95 > 1.5 * baseline + 500ms for 1_hour",
        "avg_total_tokens > baseline * 2 + 100",
        "calibration_bias < -2.0",
        "execution_count > 007",
        "error_rate > 0.05 and execution_count >= 100 or latency_p99 > 10s for 1 minute",
        "error_rate > 0.05 and (latency_p95 > 3000 or latency_p99 > 10s)",
        "((error_rate > 0.05))",
      })
  void aConditionPrintsAsWritten(String text) {
    assertThat(Condition.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource({
    "'  error_rate>0.05 ', error_rate > 0.05",
    "'error_rate\n  > 5 %\tfor  5   minutes', error_rate > 5% for 5 minutes",
    "'latency_p99 > 10 s for 5 m', latency_p99 > 10s for 5m",
    "'latency_p95>baseline*2.0-500 ms for 5minutes',"
        + " latency_p95 > baseline * 2.0 - 500ms for 5 minutes",
    "'( error_rate > 0.05 )and(calibration_bias > - 2)',"
        + " (error_rate > 0.05) and (calibration_bias > -2)",
    "error_rate > 0.05 for 5 _minutes, error_rate > 0.05 for 5_minutes",
  })
  void whiteSpaceDoesNotMatter(String text, String printed) {
    assertThat(Condition.parse(text)).hasToString(printed).isEqualTo(Condition.parse(printed));
  }

  @Test
  void andBindsTighterThanOr() {
    Comparison errors =
        new Comparison(
            Metric.ERROR_RATE, "error_rate", Operator.GREATER, new Literal("5", Unit.PERCENT));
    Comparison drift =
        new Comparison(
            Metric.AVG_CALIBRATION_DELTA,
            "calibration_drift",
            Operator.GREATER_OR_EQUAL,
            new Literal("2.0", Unit.NONE));
    Comparison slow =
        new Comparison(
            Metric.LATENCY_P95,
            "latency_p95",
            Operator.GREATER,
            new Baseline(
                new Factor("1.5", false), new Offset(true, new Literal("2", Unit.SECONDS))));
    Comparison few =
        new Comparison(
            Metric.SUCCESS_RATE, "success_rate", Operator.LESS_OR_EQUAL, new Baseline(null, null));
    String e = "error_rate > 5%";
    String d = "calibration_drift >= 2.0";
    String s = "latency_p95 > baseline * 1.5 - 2s";
    String f = "success_rate <= baseline";

    assertThat(Condition.parse(e + " or " + d + " and " + s + " or " + f).expression())
        .isEqualTo(new Or(List.of(errors, new And(List.of(drift, slow)), few)));
    assertThat(Condition.parse("(" + e + " or " + d + ") and " + s).expression())
        .isEqualTo(new And(List.of(new Parenthesized(new Or(List.of(errors, drift))), slow)));
  }

  @Test
  void numbersAreInTheUnitOfTheMetric() {
    assertThat(literal("error_rate > 5%")).isEqualTo(0.05);
    assertThat(literal("error_rate > 0.10")).isEqualTo(0.1);
    assertThat(literal("latency_p99 > 1.5s")).isEqualTo(1500);
    assertThat(literal("latency_p99 > 10000ms")).isEqualTo(10_000);
    assertThat(literal("latency_p99 > 3000")).isEqualTo(3000);
    assertThat(literal("calibration_bias < -2.5")).isEqualTo(-2.5);
    Baseline baseline = (Baseline) operand("latency_p95 > 1.5 * baseline - 0.5s");
    assertThat(baseline.factor().value()).isEqualTo(1.5);
    assertThat(baseline.offset().value()).isEqualTo(-500);
  }

  private static double literal(String text) {
    return ((Literal) operand(text)).value();
  }

  private static Operand operand(String text) {
    return ((Comparison) Condition.parse(text).expression()).operand();
  }

  @ParameterizedTest
  @CsvSource({
    "error_rate > 0.05 for 5 minutes, PT5M",
    "error_rate > 0.05 for 5m, PT5M",
    "error_rate > 0.05 for 5_minutes, PT5M",
    "error_rate > 0.05 for 30s, PT30S",
    "error_rate > 0.05 for 1 minute, PT1M",
    "error_rate > 0.05 for 24 hours, PT24H",
    "error_rate > 0.05 for 1d, PT24H",
  })
  void holds(String text, Duration expected) {
    assertThat(Condition.parse(text).hold()).isEqualTo(expected);
    assertThat(Condition.parse("error_rate > 0.05").hold()).isNull();
  }

  @Test
  void equalIsWhatIsWrittenAlike() {
    Condition condition = Condition.parse("error_rate > 0.10 for 5 minutes");
    assertThat(condition)
        .isEqualTo(Condition.parse(" error_rate>0.10 for 5 minutes"))
        .hasSameHashCodeAs(Condition.parse(" error_rate>0.10 for 5 minutes"))
        .isNotEqualTo(Condition.parse("error_rate > 0.1 for 5 minutes"))
        .isNotEqualTo(Condition.parse("error_rate > 0.10 for 5m"))
        .isNotEqualTo(Condition.parse("error_rate > 0.10"));
  }

  @Test
  void isSerializable() throws Exception {
    Condition condition =
        Condition.parse(
            "(error_rate > 5% or latency_p95 > baseline * 2 + 1s) and execution_count > 9 for 5m");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(condition);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      Condition read = (Condition) in.readObject();
      assertThat(read).isEqualTo(condition);
      assertThat(read.expression()).isEqualTo(condition.expression());
    }
  }

  @Test
  void aProblemInAFileIsAtTheWrongWord() {
    assertThatThrownBy(
            () ->
                ConfigReader.read(
                    "version.yaml",
                    """
                    rollback_triggers:
                      - "error_rate > 0.10 for 5 minutes"
                      - "latency_p95 > 5%"
                      - eror_rate > 0.05
                    """,
                    s ->
                        s.get(
                            "rollback_triggers",
                            v -> v.list(e -> e.parsed(Condition::parse)),
                            List.of())))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            """
            version.yaml:3:21: rollback_triggers[1]: the unit "%" does not fit a latency such as \
            latency_p95; expected ms, s or no unit
            version.yaml:4:5: rollback_triggers[2]: unknown metric "eror_rate"; did you mean \
            "error_rate"?""");
  }
}
