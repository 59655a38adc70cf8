package io.promptmonitor.common.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Metric;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MutingTest {

  private static AlertLabels alert(String rule, Severity severity, Metric metric) {
    return new AlertLabels(
        new AlertKey(new PromptVersionId("checkout-eu", "1.2.0"), rule), severity, Set.of(metric));
  }

  private static final AlertLabels WARNING =
      alert("Elevated Error Rate", Severity.WARNING, Metric.ERROR_RATE);
  private static final AlertLabels CRITICAL =
      alert("Critical Error Rate", Severity.CRITICAL, Metric.ERROR_RATE);

  private static Silence silence(String id, long from, long to, String... matchers) {
    return new Silence(
        id, Arrays.stream(matchers).map(LabelMatcher::parse).toList(), from, to, "ann", "known");
  }

  @ParameterizedTest
  @CsvSource({
    "rule=Elevated Error Rate, true",
    "rule=Elevated*, true",
    "rule=elevated*, false",
    "prompt=checkout-*, true",
    "prompt=checkout-us, false",
    "prompt!=checkout-us, true",
    "version=1.*.0, true",
    "version=1.*.1, false",
    "severity=warning, true",
    "severity!=warning, false",
    "metric=error_rate, true",
    "metric=latency_*, false",
    "prompt = *, true"
  })
  void matchers(String matcher, boolean expected) {
    assertThat(LabelMatcher.parse(matcher).matches(WARNING)).isEqualTo(expected);
  }

  @Test
  void matchersThatAreNone() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LabelMatcher.parse("checkout"))
        .withMessageContaining("expected a matcher such as prompt=checkout-*");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LabelMatcher.parse("promt=a"))
        .withMessage("unknown label \"promt\"; did you mean \"prompt\"?");
    assertThatIllegalArgumentException().isThrownBy(() -> LabelMatcher.parse("prompt="));
    assertThat(LabelMatcher.parse("prompt != a*b")).hasToString("prompt!=a*b");
  }

  @Test
  void silencesHaveABeginningAndAnEnd() {
    List<Silence> silences =
        List.of(
            silence("a", 10, 20, "prompt=checkout-*"),
            silence("b", 10, 30, "prompt=checkout-*", "severity=warning"),
            silence("c", 10, 40, "severity=critical"));
    assertThat(Muting.reason(WARNING, silences, List.of(), 9)).isNull();
    assertThat(Muting.reason(WARNING, silences, List.of(), 10).silence().id()).isEqualTo("b");
    assertThat(Muting.reason(WARNING, silences, List.of(), 29).until()).isEqualTo(30);
    assertThat(Muting.reason(WARNING, silences, List.of(), 30)).isNull();
    assertThat(Muting.reason(CRITICAL, silences, List.of(), 39).silence().id()).isEqualTo("c");
    assertThatIllegalArgumentException().isThrownBy(() -> silence("d", 5, 5, "prompt=a"));
    assertThatIllegalArgumentException().isThrownBy(() -> silence("d", 5, 6));
  }

  @Test
  void aCriticalAlertMutesTheWarningOfTheSameMetricAndVersion() {
    assertThat(Muting.reason(WARNING, List.of(), List.of(WARNING, CRITICAL), 0).inhibitor())
        .isEqualTo(CRITICAL);
    assertThat(Muting.reason(CRITICAL, List.of(), List.of(WARNING, CRITICAL), 0)).isNull();
    AlertLabels otherMetric = alert("x", Severity.CRITICAL, Metric.LATENCY_P95);
    assertThat(Muting.inhibits(otherMetric, WARNING)).isFalse();
    AlertLabels otherVersion =
        new AlertLabels(
            new AlertKey(new PromptVersionId("checkout-eu", "1.1.0"), "x"),
            Severity.CRITICAL,
            Set.of(Metric.ERROR_RATE));
    assertThat(Muting.inhibits(otherVersion, WARNING)).isFalse();
  }

  @Property(tries = 1000)
  void patternsAreAsRegularExpressionsSay(@ForAll long seed) {
    Random random = new Random(seed);
    String text = letters(random, "ab", random.nextInt(8));
    String pattern = letters(random, "ab**", 1 + random.nextInt(6));
    String regex =
        Arrays.stream(pattern.split(""))
            .map(c -> c.equals("*") ? ".*" : c)
            .collect(Collectors.joining());
    AlertLabels labels =
        new AlertLabels(
            new AlertKey(new PromptVersionId(text, "1"), "r"), Severity.WARNING, Set.of());
    assertThat(LabelMatcher.parse("prompt=" + pattern).matches(labels))
        .as(pattern + " " + text)
        .isEqualTo(Pattern.matches(regex, text));
  }

  private static String letters(Random random, String alphabet, int length) {
    return random
        .ints(length, 0, alphabet.length())
        .mapToObj(i -> String.valueOf(alphabet.charAt(i)))
        .collect(Collectors.joining());
  }
}
