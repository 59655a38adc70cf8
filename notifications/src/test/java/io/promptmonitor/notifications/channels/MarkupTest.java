package io.promptmonitor.notifications.channels;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import io.promptmonitor.common.notifications.AlertMessage;
import io.promptmonitor.common.notifications.Notification;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What others wrote is text in each channel's markup, and nothing else. */
class MarkupTest {

  private static final String NASTY = "<!channel> <@U1> <https://x|y> & @channel @here \"'>";

  private static String slack(Notification notification) {
    return SlackChannel.message(Samples.text(notification)).get("text").asText();
  }

  @Test
  void slack() {
    assertThat(slack(Samples.notification(Samples.alert(Reason.FIRING, "checkout", "High errors"))))
        .isEqualTo(
            """
            *[CRITICAL] Firing: High errors, checkout 1.2.0*
            error_rate 12.5% &gt; 5% (312 executions, 5 min)
            Since 2026-03-01 10:05:10 UTC.
            `promptmon alerts show pm-3d116789`""");
  }

  @Test
  void inSlackNobodyIsMentionedAndNothingIsLinked() {
    var message =
        SlackChannel.message(
            Samples.text(Samples.notification(Samples.alert(Reason.FIRING, NASTY, NASTY))));
    assertThat(message.get("text").asText())
        .contains(
            "&lt;!channel&gt; &lt;@U1&gt; &lt;https://x|y&gt; &amp; @\u200Bchannel @\u200Bhere")
        .doesNotContain("<", "@channel", "@here");
    assertThat(message.get("parse").asText()).isEqualTo("none");
    assertThat(message.get("link_names").asBoolean()).isFalse();
  }

  @Test
  void slackGetsNoMoreThanItShows() {
    List<AlertMessage> alerts = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      alerts.add(Samples.alert(Reason.FIRING, "&".repeat(100), "<".repeat(100)));
    }
    assertThat(slack(Samples.notification(alerts.toArray(AlertMessage[]::new))))
        .hasSizeLessThanOrEqualTo(10_000)
        .endsWith("\n…")
        .doesNotContain("&lt…", "<");
  }

  @Test
  void html() {
    Notification group =
        Samples.notification(
            Samples.alert(Reason.FIRING, "checkout", "High errors"),
            Samples.alert(Reason.RESOLVED, "checkout", "Slow"));
    assertThat(EmailChannel.html(Samples.text(group)))
        .isEqualTo(
            """
            <!DOCTYPE html>
            <html><body>
            <p><b>[CRITICAL] 2 alerts about checkout 1.2.0: 1 firing, 1 resolved</b></p>
            <p><b>[CRITICAL] Firing: High errors, checkout 1.2.0</b></p>
            <p>error_rate 12.5% &gt; 5% (312 executions, 5 min)<br>
            Since 2026-03-01 10:05:10 UTC.<br>
            <code>promptmon alerts show pm-3d116789</code></p>
            <p><b>[CRITICAL] Resolved after 10 min: Slow, checkout 1.2.0</b></p>
            <p>When it began to fire: error_rate 12.5% &gt; 5% (312 executions, 5 min)<br>
            Fired from 2026-03-01 10:05:10 UTC to 10:15:10 UTC.<br>
            <code>promptmon alerts show pm-275e21</code></p>
            </body></html>
            """);
  }

  @Test
  void htmlHasNoTagsOfOthers() {
    assertThat(
            EmailChannel.html(
                Samples.text(
                    Samples.notification(Samples.alert(Reason.FIRING, NASTY, "<b onclick='x'>")))))
        .contains("&lt;b onclick=&#39;x&#39;&gt;", "&quot;&#39;&gt;")
        .doesNotContain("<b o", "<@", "<https");
  }

  @Test
  void theConsolePrintsABlockAndColoursOnlyForPeople() {
    assertThat(printed(false))
        .isEqualTo(
            """
            [CRITICAL] Firing: High errors, checkout 1.2.0
              error_rate 12.5% > 5% (312 executions, 5 min)
              Since 2026-03-01 10:05:10 UTC.
              promptmon alerts show pm-3d116789

            """);
    assertThat(printed(true))
        .startsWith("\u001B[1;31m[CRITICAL] Firing: High errors, checkout 1.2.0\u001B[0m\n  error");
  }

  private static String printed(boolean colours) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    Notification notification =
        Samples.notification(Samples.alert(Reason.FIRING, "checkout", "High errors"));
    Outcome outcome =
        new ConsoleChannel(out, colours)
            .send(notification, Samples.text(notification), Samples.FIRED);
    assertThat(outcome.kind()).isEqualTo(Outcome.Kind.SENT);
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aConsoleThatIsGoneIsAFailure() {
    PrintStream out = new PrintStream(new ByteArrayOutputStream());
    out.close();
    Notification notification = Samples.notice("k", false);
    assertThat(
            new ConsoleChannel(out, false)
                .send(notification, Samples.text(notification), Samples.FIRED)
                .kind())
        .isEqualTo(Outcome.Kind.REFUSED);
  }
}
