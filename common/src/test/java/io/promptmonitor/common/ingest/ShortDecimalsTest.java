package io.promptmonitor.common.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShortDecimalsTest {

  @Property(tries = 10_000, seed = "1")
  void agreesWithTheStandardLibrary(@ForAll long seed) {
    Random random = new Random(seed);
    String whole = Long.toString(Math.abs(random.nextLong() >> random.nextInt(63)));
    String fraction = Long.toString(Math.abs(random.nextLong() >> random.nextInt(63)));
    String text =
        (random.nextBoolean() ? "-" : "") + whole + (random.nextBoolean() ? "." + fraction : "");
    double value = parse(text);
    if (Double.isNaN(value)) {
      assertThat(text.replaceAll("[-.]", "")).hasSizeGreaterThan(15);
    } else {
      assertThat(value).isEqualTo(Double.parseDouble(text));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-0", "0.1", "-0.0", "7.25", "999999999999999", "0.00000000000001"})
  void readsShortNumbers(String text) {
    assertThat(parse(text)).isEqualTo(Double.parseDouble(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e3", "1E-2", "1234567890123456", "0.1234567890123456"})
  void leavesOthersToTheLibrary(String text) {
    assertThat(parse(text)).isNaN();
  }

  private static double parse(String text) {
    return ShortDecimals.parse((text + "7").toCharArray(), 0, text.length());
  }
}
