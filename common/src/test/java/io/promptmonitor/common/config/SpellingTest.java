package io.promptmonitor.common.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpellingTest {

  private static final List<String> NAMES = List.of("error_rate", "success_rate", "window");

  @Test
  void theNearestNameIsSuggested() {
    assertThat(Spelling.nearest("eror_rate", NAMES)).isEqualTo("error_rate");
    assertThat(Spelling.nearest("error-rate", NAMES)).isEqualTo("error_rate");
    assertThat(Spelling.nearest("Window", NAMES)).isEqualTo("window");
    assertThat(Spelling.nearest("widnow", NAMES)).isEqualTo("window");
    assertThat(Spelling.nearest("colour", NAMES)).isNull();
  }

  @Test
  void distance() {
    assertThat(Spelling.distance("", "abc")).isEqualTo(3);
    assertThat(Spelling.distance("abc", "abc")).isZero();
    assertThat(Spelling.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(Spelling.distance("ab", "ba")).isEqualTo(1);
  }

  @Test
  void withoutANearOneAllAreNamed() {
    assertThat(Spelling.hint("colour", NAMES))
        .isEqualTo("expected one of error_rate, success_rate, window");
    assertThat(Spelling.hint("colour", List.of())).isEqualTo("expected nothing here");
  }
}
