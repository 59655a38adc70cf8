package io.promptmonitor.common.rollback.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RelativeRiskTest {

  @Test
  void relativeRiskAsPublished() {
    // The physicians' health study of 1989: 104 of 11,037 with aspirin against 189 of 11,034.
    RelativeRisk risk = RelativeRisk.of(new RiskTable(189, 11_034, 104, 11_037));
    assertThat(risk.value()).isCloseTo(1.818, within(5e-4));
    assertThat(risk.interval().lower()).isCloseTo(1.433, within(5e-4));
    assertThat(risk.interval().upper()).isCloseTo(2.306, within(5e-4));
  }

  @Property
  void relativeRiskIsKnownForEveryTableAndTurnsWithIt(
      @ForAll @IntRange(min = 1, max = 1000) int n,
      @ForAll @IntRange(min = 1, max = 1000) int m,
      @ForAll @IntRange(min = 0, max = 1000) int a,
      @ForAll @IntRange(min = 0, max = 1000) int b) {
    RiskTable table = new RiskTable(a % (n + 1), n, b % (m + 1), m);
    RelativeRisk risk = RelativeRisk.of(table);
    RelativeRisk turned =
        RelativeRisk.of(new RiskTable(table.referenceFailures(), m, table.failures(), n));
    assertThat(risk.value()).isPositive().isFinite();
    assertThat(risk.interval().lower()).isPositive().isLessThanOrEqualTo(risk.value());
    assertThat(risk.interval().upper()).isFinite().isGreaterThanOrEqualTo(risk.value());
    assertThat(turned.value()).isCloseTo(1 / risk.value(), within(1e-9 / risk.value()));
    assertThat(turned.interval().lower())
        .isCloseTo(1 / risk.interval().upper(), within(1e-9 / risk.interval().upper()));
  }
}
