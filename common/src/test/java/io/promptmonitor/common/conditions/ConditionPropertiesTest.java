package io.promptmonitor.common.conditions;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ConditionPropertiesTest {

  private static final List<String> VOCABULARY =
      List.of(
          "error_rate",
          "latency_p95",
          "latency_p99",
          "calibration_drift",
          "errors_by_type",
          ">",
          ">=",
          "<",
          "<=",
          "=",
          "0",
          "0.05",
          "5",
          "1e5",
          ".",
          "baseline",
          "*",
          "+",
          "-",
          "%",
          "ms",
          "s",
          "(",
          ")",
          "and",
          "or",
          "for",
          "minutes",
          "m",
          "_",
          "\n",
          "\u0000",
          "é");

  @Property
  void whatIsPrintedIsRead(@ForAll("conditions") Condition condition) {
    Condition read = Condition.parse(condition.toString());
    assertThat(read).isEqualTo(condition).hasToString(condition.toString());
    assertThat(read.expression()).isEqualTo(condition.expression());
    assertThat(read.hold()).isEqualTo(condition.hold());
  }

  @Property
  void whiteSpaceDoesNotMatter(@ForAll("conditions") Condition condition) {
    String words = condition.toString().replaceAll("([(%*+<>-]=?|\\b\\d[\\d.]*) ?", " $1 \n");
    assertThat(Condition.parse(words)).isEqualTo(condition);
    String dense = condition.toString().replaceAll("\\s?([()*+<>-]=?)\\s?", "$1");
    assertThat(Condition.parse(dense)).isEqualTo(condition);
  }

  @Property
  void anyTextIsReadOrRefused(@ForAll String text) {
    readOrRefuse(text);
  }

  @Property(tries = 5_000)
  void anyTokensAreReadOrRefused(@ForAll("tokens") String text) {
    readOrRefuse(text);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void aConditionWithASlipIsReadOrRefused(
      @ForAll("conditions") Condition condition,
      @ForAll("slips") String slip,
      @ForAll int from,
      @ForAll int to) {
    String text = condition.toString();
    int start = Math.floorMod(from, text.length());
    int end = Math.min(text.length(), start + Math.floorMod(to, 3));
    readOrRefuse(text.substring(0, start) + slip + text.substring(end));
    readOrRefuse(text.substring(0, start));
  }

  private static void readOrRefuse(String text) {
    Condition condition;
    try {
      condition = Condition.parse(text);
    } catch (ConditionException e) {
      assertThat(e.message()).isNotBlank().hasLineCount(1);
      assertThat(e.message().chars()).noneMatch(Character::isISOControl);
      assertThat(e.offset()).isBetween(0, text.length());
      assertThat(e.length()).isBetween(0, text.length() - e.offset());
      return;
    }
    assertThat(withoutSpace(condition.toString())).isEqualTo(withoutSpace(text));
    assertThat(Condition.parse(condition.toString())).isEqualTo(condition);
  }

  private static String withoutSpace(String text) {
    StringBuilder without = new StringBuilder();
    text.chars().filter(c -> !Character.isWhitespace(c)).forEach(c -> without.append((char) c));
    return without.toString();
  }

  @Provide
  Arbitrary<String> tokens() {
    return Combinators.combine(Arbitraries.of(VOCABULARY), Arbitraries.of("", " "))
        .as(String::concat)
        .list()
        .ofMaxSize(14)
        .map(tokens -> String.join("", tokens));
  }

  @Provide
  Arbitrary<String> slips() {
    return Arbitraries.oneOf(Arbitraries.of(VOCABULARY), Arbitraries.strings().ofMaxLength(2));
  }

  @Provide
  Arbitrary<Condition> conditions() {
    return Arbitraries.longs()
        .map(seed -> new RandomConditions(new Random(seed)).condition())
        .filter(condition -> condition.toString().length() < ConditionParser.MAX_LENGTH / 2);
  }
}
