package io.promptmonitor.notifications.channels;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.channels.ChannelsConfig;
import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.deployment.DeploymentConfig;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenChannelsTest {

  private static OpenChannels open(String yaml, Map<String, String> environment) {
    ChannelsConfig config = ConfigReader.read("c.yaml", yaml, DeploymentConfig::read).channels();
    return OpenChannels.of(config, environment::get, Http.create(), System.out, false);
  }

  @Test
  void withoutAnyVariableThereIsTheConsole() {
    OpenChannels open = open("", Map.of());
    assertThat(open.channels()).containsOnlyKeys("console");
    assertThat(open.consoles()).containsOnlyKeys("console");
    assertThat(open.problem("console")).isNull();
    assertThat(open.problem("slack"))
        .isEqualTo("the environment variable PROMPTMON_CHANNEL_SLACK_URL is not set");
    assertThat(open.problem("on_call_engineer"))
        .isEqualTo("the configuration has no such entry in \"channels\"");
    assertThat(open.brokenEntries()).isEmpty();
  }

  @Test
  void eachTypeIsSetUpByItsVariableAlone() {
    Map<String, String> environment = new HashMap<>();
    environment.put("PROMPTMON_CHANNEL_SLACK_URL", "https://hooks.slack.com/services/T0/B0/x");
    environment.put("PROMPTMON_CHANNEL_PAGERDUTY_ROUTING_KEY", "0".repeat(32));
    environment.put(
        "PROMPTMON_CHANNEL_EMAIL_URL", "smtp://u:p@mail:587?from=a@example.com&to=b@example.com");
    environment.put("PROMPTMON_CHANNEL_WEBHOOK_URL", "http://receiver/path");
    environment.put("PROMPTMON_CHANNEL_ALERTMANAGER_URL", "http://alertmanager:9093");
    OpenChannels open = open("", environment);
    assertThat(open.channels())
        .containsOnlyKeys("slack", "pagerduty", "email", "webhook", "alertmanager", "console");
    assertThat(open.consoles()).containsOnlyKeys("console");
  }

  @Test
  void entriesNameTheirVariables() {
    OpenChannels open =
        open(
            """
            channels:
              a: {type: slack, url_env: A}
              b: {type: webhook, url_env: A, secret_env: B}
              c: {type: console}
            """,
            Map.of("A", "https://example.com/x"));
    assertThat(open.channels()).containsOnlyKeys("a", "c", "console");
    assertThat(open.brokenEntries()).containsExactly("b");
    assertThat(open.problem("b")).isEqualTo("the environment variable B is not set");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "not a url sesame",
        "ftp://host/sesame",
        "sesame",
        "https:///sesame",
        "https://me:sesame@host/",
        "https://ho st/sesame"
      })
  void whatIsNoUrlIsNotQuoted(String value) {
    OpenChannels open = open("", Map.of("PROMPTMON_CHANNEL_SLACK_URL", value));
    assertThat(open.problem("slack"))
        .isEqualTo(
            "the environment variable PROMPTMON_CHANNEL_SLACK_URL does not hold an http or https"
                + " URL");
  }

  @ParameterizedTest
  @CsvSource({
    "smtp://me:sesame@mail, says \"from\"",
    "smtp://me:sesame@mail?from=a@example.com, says \"to\"",
    "smtp://sesame@mail, names a user without a password",
    "https://me:sesame@mail, does not hold a URL such as",
    "smtp://me:sesame@mail/path, does not hold a URL such as",
    "smtp://me:sesame@mail?form=a@b.c, has a parameter that is not from",
    "smtp://me:sesame@mail?from=sesame, is not a mail address",
    "smtp://me:sesame@mail?tls=no, has a parameter tls",
    "smtps://me:sesame@mail?tls=off, has a parameter tls",
    "smtp://me:sesame@mail?tls=off, would be sent without TLS"
  })
  void whatIsWrongWithAMailServerIsSaidWithoutItsPassword(String url, String problem) {
    OpenChannels open = open("", Map.of("PROMPTMON_CHANNEL_EMAIL_URL", url));
    assertThat(open.problem("email"))
        .contains("environment variable PROMPTMON_CHANNEL_EMAIL_URL", problem)
        .doesNotContain("sesame");
  }

  @Test
  void aKeyThatIsNoBase64IsRefused() {
    OpenChannels open =
        open(
            "",
            Map.of(
                "PROMPTMON_CHANNEL_WEBHOOK_URL",
                "https://host",
                "PROMPTMON_CHANNEL_WEBHOOK_SECRET",
                "whsec_!sesame"));
    assertThat(open.problem("webhook"))
        .isEqualTo(
            "the environment variable PROMPTMON_CHANNEL_WEBHOOK_SECRET does not hold Base64 after"
                + " whsec_");
  }

  @Test
  void whatReceiversQuoteIsHidden() throws Exception {
    Secrets secrets =
        new Secrets(
            Map.of(
                    "URL",
                        "https://hooks.example.com/services/T01/B0123456/s3cr3tt0k3n?key=abcdef123",
                    "KEY", "p%4ssw0rd1")
                ::get);
    secrets.requireUrl("URL");
    secrets.require("KEY");
    assertThat(
            secrets.redact(
                "no /services/T01/B0123456/s3cr3tt0k3n, s3cr3tt0k3n, key=abcdef123 or p%4ssw0rd1 at"
                    + " hooks.example.com"))
        .isEqualTo("no ***, ***, *** or *** at hooks.example.com");
    assertThat(secrets).hasToString("***");
  }
}
