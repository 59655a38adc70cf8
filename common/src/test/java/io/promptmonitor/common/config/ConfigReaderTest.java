package io.promptmonitor.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigReaderTest {

  private static <T> T read(String text, Function<ConfigSection, T> schema) {
    return ConfigReader.read("f.yaml", text, schema);
  }

  private static void assertProblems(
      String text, Function<ConfigSection, ?> schema, String... lines) {
    assertThatThrownBy(() -> read(text, schema))
        .isInstanceOf(ConfigException.class)
        .hasMessage(String.join("\n", lines));
  }

  /** What {@code reader} makes of the value of the only key. */
  private static <T> T value(String text, Function<ConfigValue, T> reader) {
    return Objects.requireNonNull(
        read("v: " + text, s -> new AtomicReference<>(s.getOrNull("v", reader))).get());
  }

  @Test
  void theReaderDecidesTheTypeNotTheText() {
    String version = value("1.10", ConfigValue::text);
    String off = value("off", ConfigValue::text);
    long thousand = value("1_000", v -> v.integer(0, 2_000));
    double small = value("1.5e-3", v -> v.decimal(0, 1));
    boolean yes = value("true", ConfigValue::bool);
    Instant noon = value("2026-01-31T12:00:00+01:00", ConfigValue::instant);
    Instant day = value("2026-01-31", ConfigValue::instant);
    Map<String, Long> counts = value("{b: 1, a: 2}", ConfigReaderTest::counts);
    assertThat(version).isEqualTo("1.10");
    assertThat(off).isEqualTo("off");
    assertThat(thousand).isEqualTo(1_000);
    assertThat(small).isEqualTo(0.0015);
    assertThat(yes).isTrue();
    assertThat(noon).isEqualTo("2026-01-31T11:00:00Z");
    assertThat(day).isEqualTo("2026-01-31T00:00:00Z");
    assertThat(counts).containsExactly(Map.entry("b", 1L), Map.entry("a", 2L));
  }

  private static Map<String, Long> counts(ConfigValue value) {
    return value.map(ConfigValue::text, (key, v) -> v.integer(0, 9));
  }

  @Test
  void wrongTypes() {
    assertProblems(
        "v: yes",
        s -> s.require("v", ConfigValue::bool, false),
        "f.yaml:1:4: v: expected true or false, found \"yes\"");
    assertProblems(
        "v: 99999999999999999999",
        s -> s.require("v", v -> v.integer(0, 5), 0L),
        "f.yaml:1:4: v: must be from 0 to 5, found 99999999999999999999");
    assertProblems(
        "v: .nan",
        s -> s.require("v", v -> v.decimal(0, 5), 0.0),
        "f.yaml:1:4: v: expected a number, found \".nan\"");
    assertProblems(
        "v: 7.5",
        s -> s.require("v", v -> v.decimal(0, 5), 0.0),
        "f.yaml:1:4: v: must be from 0 to 5, found 7.5");
    assertProblems(
        "v: tomorrow",
        s -> s.require("v", ConfigValue::instant, Instant.EPOCH),
        "f.yaml:1:4: v: expected a time such as 2026-01-31T12:00:00Z, found \"tomorrow\"");
    assertProblems(
        "v: ' '", s -> s.require("v", ConfigValue::text, ""), "f.yaml:1:4: v: must not be empty");
    assertProblems(
        "v: {a: 1}",
        s -> s.require("v", ConfigValue::text, ""),
        "f.yaml:1:4: v: expected text, found a mapping");
    assertProblems(
        "v: 1",
        s -> s.get("v", v -> v.section(x -> x), s),
        "f.yaml:1:4: v: expected a mapping (key: value), found \"1\"");
    assertProblems(
        "v: " + "x".repeat(100),
        s -> s.require("v", v -> v.integer(0, 1), 0L),
        "f.yaml:1:4: v: expected a whole number, found \"" + "x".repeat(60) + "…\"");
  }

  /** Refuses texts with an x in them. */
  private static String withoutX(ConfigValue value) {
    return value.parsed(
        text -> {
          int x = text.indexOf('x');
          if (x >= 0) {
            throw new MalformedTextException("no x here", x, 1);
          }
          if (text.equals("no")) {
            throw new IllegalArgumentException("not this one");
          }
          return text;
        });
  }

  private static void assertXAt(String text, String place) {
    assertProblems(
        text, s -> s.get("v", v -> v.list(ConfigReaderTest::withoutX), List.of()), place);
  }

  @Test
  void aProblemInATextIsFoundInTheFile() {
    String parsed = value("a > 'b'", ConfigReaderTest::withoutX);
    assertThat(parsed).isEqualTo("a > 'b'");
    assertXAt("v: [a, bcx, d]", "f.yaml:1:10: v[1]: no x here");
    assertXAt("v:\n  - ab cd x  # why\n", "f.yaml:2:11: v[0]: no x here");
    assertXAt("v:\n  - 'ab x'\n", "f.yaml:2:9: v[0]: no x here");
    assertXAt("v:\n  - \"ab x\"\n", "f.yaml:2:9: v[0]: no x here");
    // As many code points, not chars, as SnakeYAML counts.
    assertXAt("v: [\ud83d\ude00x]", "f.yaml:1:6: v[0]: no x here");
    assertProblems(
        "v: no", s -> s.get("v", ConfigReaderTest::withoutX, ""), "f.yaml:1:4: v: not this one");
    assertProblems(
        "v: ' '",
        s -> s.get("v", ConfigReaderTest::withoutX, ""),
        "f.yaml:1:4: v: must not be empty");
    assertProblems(
        "v: {}",
        s -> s.get("v", ConfigReaderTest::withoutX, ""),
        "f.yaml:1:4: v: expected text, found a mapping");
  }

  @Test
  void whereTheFileHasTheTextInAnotherFormItsCharacterIsNamed() {
    assertXAt("v: ['it''s x']", "f.yaml:1:5: v[0]: no x here (at character 6 of the text)");
    assertXAt("v: [\"a\\tx\"]", "f.yaml:1:5: v[0]: no x here (at character 3 of the text)");
    assertXAt("v:\n- a\n  x", "f.yaml:2:3: v[0]: no x here (at character 3 of the text)");
    assertXAt("v:\n- |\n  a\n  x\n", "f.yaml:2:3: v[0]: no x here (at character 3 of the text)");
    assertXAt("v: [&a abx]", "f.yaml:1:5: v[0]: no x here (at character 3 of the text)");
  }

  @Test
  void theTopLevelMustBeAMapping() {
    assertProblems("- a", s -> s, "f.yaml:1:1: expected a mapping (key: value), found a list");
    assertProblems("{[a]: 1}", s -> s, "f.yaml:1:2: a key must be a text");
  }

  @Test
  void missingKeys() {
    assertProblems(
        "a: {x: 1}\nb: {}",
        s -> {
          s.require("c", ConfigValue::text, "");
          return s.get(
                  "b", v -> v.section(b -> b.require("y", ConfigValue::text, "placeholder")), "")
              + s.get("a", v -> v.section(a -> a.require("x", ConfigValue::text, "")), "");
        },
        "f.yaml:1:1: \"c\" is missing",
        "f.yaml:2:4: b: \"y\" is missing");
  }

  @Test
  void everyElementOfAListIsChecked() {
    assertProblems(
        "v: [1, x, 3, y]",
        s -> s.get("v", v -> v.list(e -> e.integer(0, 9)), List.of()),
        "f.yaml:1:8: v[1]: expected a whole number, found \"x\"",
        "f.yaml:1:14: v[3]: expected a whole number, found \"y\"");
  }

  @Test
  void whatARecordRefusesIsReportedAtItsSection() {
    assertProblems(
        "a: 1\nv:\n  min: 2\n  max: 1\n",
        s -> {
          s.getOrNull("a", ConfigValue::text);
          return s.getOrNull("v", v -> v.section(Range::read));
        },
        "f.yaml:3:3: v: min must be less than max");
  }

  private record Range(long min, long max) {
    Range {
      if (min > max) {
        throw new IllegalArgumentException("min must be less than max");
      }
    }

    static Range read(ConfigSection section) {
      return new Range(
          section.require("min", v -> v.integer(0, 9), 0L),
          section.require("max", v -> v.integer(0, 9), 9L));
    }
  }

  @Test
  void brokenYamlHasAPosition() {
    assertThatThrownBy(() -> read("a: [1\nb: 2", s -> s))
        .hasMessageStartingWith("f.yaml:2:2: not valid YAML: ")
        .message()
        .hasLineCount(1);
    assertThatThrownBy(() -> read("a: 1\n---\nb: 2", s -> s))
        .hasMessageStartingWith("f.yaml:2:1: not valid YAML: ")
        .message()
        .hasLineCount(1);
    assertProblems(
        "a: 1\nb: \u0001", s -> s, "f.yaml:2:4: character U+0001 is not allowed in YAML");
    assertThatThrownBy(() -> read("a: " + "[".repeat(100) + "]".repeat(100), s -> s))
        .hasMessageStartingWith("f.yaml: not valid YAML: ");
  }

  @Test
  void bytesMustBeUtf8() {
    byte[] latin1 = "a: 1\nb: Käse".getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> ConfigReader.read("f.yaml", latin1, s -> s))
        .hasMessage("f.yaml:2:5: not UTF-8 text");
    byte[] cutOff = {'a', ':', ' ', (byte) 0xC3};
    assertThatThrownBy(() -> ConfigReader.read("f.yaml", cutOff, s -> s))
        .hasMessage("f.yaml:1:4: not UTF-8 text");
  }

  @Test
  void aByteOrderMarkIsSkipped() {
    String text = read("\uFEFFv: 1", s -> s.require("v", ConfigValue::text, ""));
    assertThat(text).isEqualTo("1");
  }

  @Test
  void filesThatCannotBeRead(@TempDir Path directory) throws Exception {
    Path missing = directory.resolve("missing.yaml");
    assertThatThrownBy(() -> ConfigReader.read(missing, s -> s))
        .hasMessage(missing + ": no such file");
    assertThatThrownBy(() -> ConfigReader.read(directory, s -> s))
        .hasMessage(directory + ": is a directory");
    Path file = Files.writeString(directory.resolve("a.yaml"), "v: 1");
    String text = ConfigReader.read(file, s -> s.require("v", ConfigValue::text, ""));
    assertThat(text).isEqualTo("1");
  }
}
