package io.promptmonitor.common.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code docs/alerts.md} says what is so. */
class AlertsDocumentTest {

  private String document;

  @BeforeEach
  void read() throws Exception {
    document =
        Files.readString(
            Path.of(System.getProperty("promptmonitor.root", ".."), "docs", "alerts.md"));
  }

  @Test
  void itsExamplesCanBeRead() {
    List<String> examples =
        Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
            .matcher(document)
            .results()
            .map(match -> match.group(1))
            .toList();
    assertThat(examples).hasSize(3);
    assertThat(examples).allSatisfy(example -> assertThat(TestRules.config(example)).isNotNull());
    assertThat(TestRules.config(examples.get(0)).alertRules()).hasSize(1);
  }

  @Test
  void everyKeyOfARuleIsExplained() {
    List<String> explained =
        Pattern.compile("^\\| `([a-z_]+)` \\| ", Pattern.MULTILINE)
            .matcher(document.substring(0, document.indexOf("## Have a version's own rules")))
            .results()
            .map((MatchResult match) -> match.group(1))
            .toList();
    assertThat(explained)
        .containsExactlyInAnyOrder(
            "name",
            "condition",
            "window",
            "severity",
            "actions",
            "for",
            "keep_firing_for",
            "min_executions",
            "no_data",
            "evidence");
  }

  @Test
  void itsLinksToSectionsLead() {
    List<String> anchors =
        Pattern.compile("^## (.*)$", Pattern.MULTILINE)
            .matcher(document)
            .results()
            .map(
                match -> match.group(1).toLowerCase(Locale.ROOT).replace("'", "").replace(' ', '-'))
            .toList();
    assertThat(
            Pattern.compile("\\]\\(#([^)]*)\\)")
                .matcher(document)
                .results()
                .map(match -> match.group(1)))
        .isNotEmpty()
        .allSatisfy(anchor -> assertThat(anchors).contains(anchor));
  }
}
