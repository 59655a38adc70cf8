package io.promptmonitor.common.channels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.promptmonitor.common.config.ConfigException;
import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.deployment.DeploymentConfig;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelsConfigTest {

  private static final URI PAGERDUTY = URI.create("https://events.pagerduty.com/v2/enqueue");

  private static ChannelsConfig read(String... lines) {
    return ConfigReader.read("c.yaml", String.join("\n", lines), DeploymentConfig::read).channels();
  }

  private static String problem(String... lines) {
    return catchThrowableOfType(ConfigException.class, () -> read(lines)).getMessage();
  }

  @Test
  void aChannelNamedAsItsTypeNeedsNoEntry() {
    ChannelsConfig config = read("");
    assertThat(config).isEqualTo(ChannelsConfig.defaults());
    assertThat(config.settings("slack"))
        .isEqualTo(new SlackSettings("PROMPTMON_CHANNEL_SLACK_URL"));
    assertThat(config.settings("pagerduty"))
        .isEqualTo(new PagerDutySettings("PROMPTMON_CHANNEL_PAGERDUTY_ROUTING_KEY", PAGERDUTY));
    assertThat(config.settings("email"))
        .isEqualTo(new EmailSettings("PROMPTMON_CHANNEL_EMAIL_URL", null, List.of()));
    assertThat(config.settings("webhook"))
        .isEqualTo(
            new WebhookSettings(
                "PROMPTMON_CHANNEL_WEBHOOK_URL", "PROMPTMON_CHANNEL_WEBHOOK_SECRET", false));
    assertThat(config.settings("alertmanager"))
        .isEqualTo(
            new AlertmanagerSettings(
                null,
                "PROMPTMON_CHANNEL_ALERTMANAGER_URL",
                "PROMPTMON_CHANNEL_ALERTMANAGER_TOKEN",
                false));
    assertThat(config.settings("console")).isEqualTo(new ConsoleSettings());
    assertThat(config.settings("on_call_engineer")).isNull();
  }

  @Test
  void everyKeyIsMapped() {
    ChannelsConfig config =
        read(
            "channels:",
            "  slack: {url_env: SLACK_HOOK}",
            "  team-b: {type: slack}",
            "  on_call_engineer:",
            "    type: pagerduty",
            "    routing_key_env: ON_CALL_KEY",
            "    url: https://events.eu.pagerduty.com/v2/enqueue",
            "  email: {url_env: MAIL, from: monitor@example.com, to: [a@example.com, b@x.org]}",
            "  list: {type: email, to: list@example.com}",
            "  webhook: {url_env: HOOK, secret_env: HOOK_SECRET}",
            "  alertmanager: {url: \"http://alertmanager:9093\", token_env: TOKEN}",
            "  am2: {type: alertmanager, url_env: AM2}",
            "  console:");
    assertThat(config.entries())
        .containsExactly(
            entry("slack", new SlackSettings("SLACK_HOOK")),
            entry("team-b", new SlackSettings("PROMPTMON_CHANNEL_TEAM_B_URL")),
            entry(
                "on_call_engineer",
                new PagerDutySettings(
                    "ON_CALL_KEY", URI.create("https://events.eu.pagerduty.com/v2/enqueue"))),
            entry(
                "email",
                new EmailSettings(
                    "MAIL", "monitor@example.com", List.of("a@example.com", "b@x.org"))),
            entry(
                "list",
                new EmailSettings("PROMPTMON_CHANNEL_LIST_URL", null, List.of("list@example.com"))),
            entry("webhook", new WebhookSettings("HOOK", "HOOK_SECRET", true)),
            entry(
                "alertmanager",
                new AlertmanagerSettings(
                    URI.create("http://alertmanager:9093"),
                    "PROMPTMON_CHANNEL_ALERTMANAGER_URL",
                    "TOKEN",
                    true)),
            entry(
                "am2", new AlertmanagerSettings(null, "AM2", "PROMPTMON_CHANNEL_AM2_TOKEN", false)),
            entry("console", new ConsoleSettings()));
    assertThat(config.settings("slack")).isEqualTo(new SlackSettings("SLACK_HOOK"));
  }

  private static java.util.Map.Entry<String, ChannelSettings> entry(
      String name, ChannelSettings settings) {
    return java.util.Map.entry(name, settings);
  }

  @Test
  void variablesThatMustBeThereAreNamed() {
    assertThat(
            read("channels: {webhook: {secret_env: S}}")
                .entries()
                .get("webhook")
                .requiredVariables())
        .containsExactly("PROMPTMON_CHANNEL_WEBHOOK_URL", "S");
    assertThat(
            read("channels: {alertmanager: {url: \"http://am:9093\"}}")
                .entries()
                .get("alertmanager")
                .requiredVariables())
        .isEmpty();
  }

  @Test
  void allProblemsAreReportedTogether() {
    assertThat(
            problem(
                "channels:",
                "  Slack: {type: slack}",
                "  team: {url_env: X}",
                "  pager: {type: pager}",
                "  slack: {url_env: X, colour: red}",
                "  mail: {type: email, from: nobody, to: [a@example.com, \"a@b, c@d\"]}",
                "  alertmanager: {url: \"ftp://x\", url_env: Y}"))
        .isEqualTo(
            """
            c.yaml:2:3: channels.Slack: a channel's name is a lower-case letter, then at most 63 of a-z, 0-9, _ and -
            c.yaml:3:9: channels.team: "type" is missing
            c.yaml:4:17: channels.pager.type: unknown value "pager"; expected one of slack, pagerduty, email, webhook, alertmanager, console
            c.yaml:5:23: channels.slack.colour: unknown key; expected one of type, url_env
            c.yaml:6:29: channels.mail.from: expected a mail address such as oncall@example.com
            c.yaml:6:57: channels.mail.to[1]: expected a mail address such as oncall@example.com
            c.yaml:7:23: channels.alertmanager.url: expected a URL such as https://host:9093/path
            c.yaml:7:43: channels.alertmanager.url_env: there is "url" already""");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "slack|url|url_env",
        "slack|webhook_url|url_env",
        "pagerduty|routing_key|routing_key_env",
        "email|url|url_env",
        "email|password|url_env",
        "webhook|url|url_env",
        "webhook|secret|secret_env",
        "alertmanager|token|token_env"
      })
  void aSecretInTheFileIsRefusedAndNotQuoted(String type, String key, String right) {
    assertThat(problem("channels:", "  a: {type: " + type + ", " + key + ": sesame}"))
        .contains("channels.a." + key + ": a secret does not belong into the file: ")
        .endsWith("into \"" + right + "\"")
        .doesNotContain("sesame")
        .hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "slack: \"https://hooks.slack.com/services/sesame\"",
        "slack: [\"https://hooks.slack.com/services/sesame\"]",
        "slack: {url_env: \"https://hooks.slack.com/services/sesame\"}",
        "alertmanager: {url: \"https://me:sesame@host\"}",
        "alertmanager: {url: \"https://host?token=sesame\"}",
        "alertmanager: {url: \"https://host/ sesame\"}"
      })
  void whatLooksLikeASecretIsNotQuoted(String entry) {
    assertThat(problem("channels:", "  " + entry)).doesNotContain("sesame").hasLineCount(1);
  }

  @Test
  void tooManyRecipientsAreAMailingList() {
    String addresses = String.join(", ", java.util.Collections.nCopies(21, "a@example.com"));
    assertThat(problem("channels: {email: {to: [" + addresses + "]}}"))
        .endsWith("channels.email.to: at most 20 recipients, found 21");
  }

  @Test
  void isSerializable() throws Exception {
    ChannelsConfig config =
        read(
            "channels:",
            "  slack:",
            "  pagerduty:",
            "  email:",
            "  webhook:",
            "  alertmanager:",
            "  console:");
    assertThat(config.entries()).hasSize(ChannelType.values().length);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(config);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(config);
    }
  }
}
