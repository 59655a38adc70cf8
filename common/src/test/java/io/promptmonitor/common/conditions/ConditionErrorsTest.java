package io.promptmonitor.common.conditions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.promptmonitor.common.metrics.Metric;
import java.util.Collections;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said about texts that are not conditions; guillemets mark the place that is named. */
class ConditionErrorsTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          latency_p95 > 5«%» | the unit "%" does not fit a latency such as latency_p95; expected ms, s or no unit
          error_rate > 5«ms» | the unit "ms" does not fit a rate such as error_rate; expected % or no unit
          error_rate > «5» | 5 is out of range: error_rate is a rate from 0 to 1; did you mean 5%?
          error_rate «> 1» | this never holds: error_rate is a rate from 0 to 1; did you mean 1%?
          success_rate < «85» | 85 is out of range: success_rate is a rate from 0 to 1; did you mean 85%?
          error_rate > «150%» | 150% is out of range: error_rate is a rate from 0 to 1
          error_rate > «-0.1» | -0.1 is out of range: error_rate is a rate from 0 to 1
          error_rate «>= 0» | this always holds: error_rate is a rate from 0 to 1
          latency_p95 «< 0ms» | this never holds: latency_p95 is a latency of 0 ms or more
          avg_user_feedback < «0.5» | 0.5 is out of range: avg_user_feedback is a rating from 1 to 5
          avg_user_feedback «< 1» | this never holds: avg_user_feedback is a rating from 1 to 5
          avg_automated_score < «70» | 70 is out of range: avg_automated_score is a quality from 0 to 10
          calibration_bias < «-20» | -20 is out of range: calibration_bias is a difference of qualities from -10 to 10
          «eror_rate» > 0.05 | unknown metric "eror_rate"; did you mean "error_rate"?
          «Error_Rate» > 0.05 | unknown metric "Error_Rate"; did you mean "error_rate"?
          «errors_by_type» > 3 | errors_by_type is not a number and cannot be compared
          latency_p99 > «baseline» | latency_p99 has no baseline; only success_rate, error_rate, latency_p50, latency_p95, avg_total_tokens, consistency_rate have one
          latency_p99 > 2 * «baseline» | latency_p99 has no baseline; only success_rate, error_rate, latency_p50, latency_p95, avg_total_tokens, consistency_rate have one
          latency_p95 > baseline * «0» | a factor must be above 0
          latency_p95 > «0.0» * baseline | a factor must be above 0
          latency_p95 > baseline * 150«%» | a factor has no unit, found "%"
          latency_p95 > baseline * 2«x» | expected "and", "or", "for" or the end, found "x"
          latency_p95 > 2s «*» baseline | only a baseline can be calculated with, as in "baseline * 2.0" or "baseline + 0.1"; found "*"
          latency_p95 > 2 * baseline «*» 2 | a baseline takes one factor and then one offset, as in "baseline * 1.5 + 0.1"; found "*"
          latency_p95 > 2 * «latency_p50» | expected "baseline" after "*", found "latency_p50"
          latency_p95 > baseline + 2s «*» 3 | only a baseline can be calculated with, as in "baseline * 2.0" or "baseline + 0.1"; found "*"
          latency_p95 > baseline + 5«%» | the unit "%" does not fit a latency such as latency_p95; expected ms, s or no unit
          latency_p95 > baseline «/» 2 | expected "and", "or", "for" or the end, found "/"
          latency_p95 > baseline +«» | expected a number after "+", found the end
          success_rate < baseline - «1.5» | nothing is 1.5 from its baseline: success_rate is a rate from 0 to 1
          latency_p95 > 500ms «+» baseline | only a baseline can be calculated with, as in "baseline * 2.0" or "baseline + 0.1"; found "+"
          latency_p95 > «latency_p50» | expected a number or "baseline" after ">", found "latency_p50"
          latency_p95 > «baselin» * 2 | expected a number or "baseline" after ">", found "baselin"; did you mean "baseline"?
          error_rate«» | expected one of >, >=, <, <= after error_rate, found the end
          error_rate «0.05» | expected one of >, >=, <, <= after error_rate, found "0.05"
          error_rate «=» 0.05 | expected one of >, >=, <, <= after error_rate, found "="
          error_rate «!=» 0.05 | expected one of >, >=, <, <= after error_rate, found "!="
          error_rate «=>» 0.05 | expected one of >, >=, <, <= after error_rate, found "=>"; did you mean ">="?
          error_rate «≥» 0.05 | expected one of >, >=, <, <= after error_rate, found "≥"; did you mean ">="?
          error_rate «is» 5 | expected one of >, >=, <, <= after error_rate, found "is"
          error_rate >«» | expected a number or "baseline" after ">", found the end
          error_rate > «>» 5 | expected a number or "baseline" after ">", found ">"
          error_rate > «.5» | expected a number or "baseline" after ">", found ".5"
          error_rate > «5.» | expected a number such as 0.05 or 10000, found "5."
          error_rate > 1«e»-3 | unknown unit "e"; expected % or no unit
          total_tokens > 10«_000» | unknown unit "_000"; expected no unit
          total_tokens > «10,»000 | expected a number such as 0.05 or 10000, found "10,"
          total_tokens > «1234567890123456» | a number has at most 15 digits, found 16
          total_tokens > 100 «tokens» | unknown unit "tokens"; expected no unit
          latency_p95 > 5 «sec» | unknown unit "sec"; expected ms, s or no unit
          latency_p95 > 5«m» | unknown unit "m"; expected ms, s or no unit
          latency_p95 > 5 «S» | unknown unit "S"; expected ms, s or no unit
          «(»error_rate > 0.05 | this parenthesis is never closed
          error_rate > 0.05«)» | expected "and", "or", "for" or the end, found ")"; no parenthesis is open
          («)» | expected a metric such as error_rate, found ")"
          (error_rate > 0.05 «for» 5m) and success_rate < 0.9 | expected "and", "or" or ")", found "for"; "for" is for the whole condition and comes last
          error_rate > 0.05 and«» | expected a metric such as error_rate, found the end
          error_rate > 0.05 «&&» success_rate < 0.9 | expected "and", "or", "for" or the end, found "&&"; did you mean "and"?
          error_rate > 0.05 «AND» success_rate < 0.9 | expected "and", "or", "for" or the end, found "AND"; did you mean "and"?
          latency_p95 > baseline «AND» success_rate < 0.9 | expected "and", "or", "for" or the end, found "AND"; did you mean "and"?
          error_rate > 0.05 «,» success_rate < 0.9 | expected "and", "or", "for" or the end, found ","
          error_rate > 0.05 «success_rate» < 0.9 | expected "and", "or", "for" or the end, found "success_rate"
          error_rate > 0.01 «>» 0.9 | expected "and", "or", "for" or the end, found ">"
          «0.05» < error_rate | expected a metric such as error_rate, found "0.05"; the metric comes first
          «for» 5 minutes | expected a metric such as error_rate, found "for"
          error_rate > 0.05 for«» | expected a duration such as "5 minutes" or 5m after "for", found the end
          error_rate > 0.05 for «five» minutes | expected a duration such as "5 minutes" or 5m after "for", found "five"
          error_rate > 0.05 for 5«» | expected a unit of time such as minutes after 5, found the end
          error_rate > 0.05 for «5.5» minutes | expected a whole number, found 5.5
          error_rate > 0.05 for 5 «mintues» | unknown unit of time "mintues"; did you mean "minutes"?
          error_rate > 0.05 for 5 «min» | unknown unit of time "min"; expected one of ms, s, m, h, d, seconds, minutes, hours, days
          error_rate > 0.05 for 2«w» | unknown unit of time "w"; expected one of ms, s, m, h, d, seconds, minutes, hours, days
          error_rate > 0.05 for 5«M» | unknown unit of time "M"; expected one of ms, s, m, h, d, seconds, minutes, hours, days
          error_rate > 0.05 for «0 minutes» | a duration must be above 0 and at most 24h, found 0 minutes
          error_rate > 0.05 for «25 hours» | a duration must be above 0 and at most 24h, found 25 hours
          error_rate > 0.05 for «999999999999999d» | a duration must be above 0 and at most 24h, found 999999999999999d
          error_rate > 0.05 for 5 minutes «and» success_rate < 0.9 | expected the end, found "and"; "for" is for the whole condition and comes last
          error_rate > 0.05 for 5«m30s» | unknown unit of time "m30s"; expected one of ms, s, m, h, d, seconds, minutes, hours, days
          error_rate > 0.05 for «-»5m | expected a duration such as "5 minutes" or 5m after "for", found "-"
          error_rate > 0.05 «fro» 5m | expected "and", "or", "for" or the end, found "fro"; did you mean "for"?
          error_rate > 5% «fro» 5m | expected "and", "or", "for" or the end, found "fro"; did you mean "for"?
          «baseline» > 5 | expected a metric such as error_rate, found "baseline"
          ((((((((((((((((«(» error_rate > 5% | parentheses are nested more than 16 deep
          error_rate > «"»5" | expected a number or "baseline" after ">", found \"""
          error_rate > «1,»5 | expected a number such as 0.05 or 10000, found "1,"
          error_rate > «0,»05 | expected a number such as 0.05 or 10000, found "0,"
          avg_user_feedback < «3.». | expected a number such as 0.05 or 10000, found "3."
          latency_p95 > 5 «mss» | unknown unit "mss"; did you mean "ms"?
          execution_count > 100 and«» | expected a metric such as error_rate, found the end
          """)
  void messages(String marked, String message) {
    assertError(marked, message);
  }

  @Test
  void barsAreNotAnOr() {
    assertError(
        "error_rate > 0.05 «||» success_rate < 0.9",
        "expected \"and\", \"or\", \"for\" or the end, found \"||\"; did you mean \"or\"?");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n\t "})
  void nothing(String text) {
    assertError("«»" + text, "expected a condition such as \"error_rate > 0.05\", found nothing");
  }

  @Test
  void whatIsNotVisibleIsNamed() {
    assertError(
        "error_rate «\u0000» 4",
        "expected one of >, >=, <, <= after error_rate, found the character U+0000");
    assertError(
        "error_rate «\u202e» 4",
        "expected one of >, >=, <, <= after error_rate, found the character U+202E");
    assertError(
        "error_rate «\u00a0»> 4",
        "expected one of >, >=, <, <= after error_rate, found the character U+00A0");
    assertError(
        "error_rate «\ud83d\ude00» 4",
        "expected one of >, >=, <, <= after error_rate, found \"\ud83d\ude00\"");
  }

  @Test
  void placesAreFoundAcrossLines() {
    assertError(
        "error_rate > 5%\n  and\n\t«eror_rate» > 2%",
        "unknown metric \"eror_rate\"; did you mean \"error_rate\"?");
  }

  @Test
  void withoutANearNameAllMetricsThatAreNumbersAreNamed() {
    String all =
        Stream.of(Metric.values())
            .filter(m -> m.type() == Metric.Type.COUNT || m.type() == Metric.Type.NUMBER)
            .map(m -> m.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", "))
            .replace("avg_calibration_delta", "avg_calibration_delta, calibration_drift");
    assertError("«speed» > 3", "unknown metric \"speed\"; expected one of " + all);
  }

  @Test
  void sizeIsBounded() {
    String condition = "error_rate > 5%";
    int deep = ConditionParser.MAX_NESTING;
    String deepest = "(".repeat(deep) + condition + ")".repeat(deep);
    assertThat(Condition.parse(deepest)).hasToString(deepest);
    assertError(
        "(".repeat(deep) + "«(»" + condition + ")".repeat(deep + 1),
        "parentheses are nested more than 16 deep");
    // Parentheses beside each other are not nested.
    String wide = String.join(" and ", Collections.nCopies(40, "(" + condition + ")"));
    assertThat(Condition.parse(wide)).hasToString(wide);

    String longest = condition + " ".repeat(ConditionParser.MAX_LENGTH - condition.length());
    assertThat(Condition.parse(longest)).hasToString(condition);
    assertError(longest + "« »", "a condition has at most 1000 characters, found 1001");
    assertError(
        "(".repeat(1_000) + "«" + "(".repeat(99_000) + "»",
        "a condition has at most 1000 characters, found 100000");
    assertError(
        "error_rate > «" + "1".repeat(900) + "»", "a number has at most 15 digits, found 900");
    assertError(
        "error_rate > 5% «" + "x".repeat(900) + "»",
        "expected \"and\", \"or\", \"for\" or the end, found \"" + "x".repeat(40) + "…\"");
  }

  private static void assertError(String marked, String message) {
    int offset = marked.indexOf('«');
    int length = marked.indexOf('»') - offset - 1;
    String text = marked.replace("«", "").replace("»", "");
    ConditionException problem =
        catchThrowableOfType(ConditionException.class, () -> Condition.parse(text));
    assertThat(problem).as("the problem of " + text).isNotNull().hasMessage(message);
    assertThat(problem.message()).isEqualTo(message);
    assertThat(problem.offset()).as("offset").isEqualTo(offset);
    assertThat(problem.length()).as("length").isEqualTo(length);
  }
}
