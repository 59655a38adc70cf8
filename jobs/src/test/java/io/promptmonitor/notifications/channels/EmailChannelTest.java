package io.promptmonitor.notifications.channels;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import io.promptmonitor.common.channels.EmailSettings;
import io.promptmonitor.common.notifications.Notice;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.notifications.NotificationText;
import io.promptmonitor.notifications.OutboxRows;
import io.promptmonitor.notifications.channels.Outcome.Kind;
import jakarta.mail.BodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Mail, against a real mail server, and against one that answers as it is told. */
class EmailChannelTest {

  private static final Instant NOW = OutboxRows.FIRED.plusSeconds(5);
  private static final Duration PATIENT = Duration.ofSeconds(20);
  private static final String PASSWORD = "s3same-0pen";

  @TempDir Path directory;

  private GreenMail greenMail;
  private SmtpScript script;

  @AfterEach
  void stop() throws Exception {
    if (greenMail != null) {
      greenMail.stop();
    }
    if (script != null) {
      script.close();
    }
  }

  /** A server that takes mails of {@code monitor@example.com}; returns its port. */
  private int start() {
    ServerSetup setup = new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP);
    setup.setServerStartupTimeout(60_000);
    greenMail = new GreenMail(setup);
    greenMail.setUser("monitor@example.com", "monitor@example.com", PASSWORD);
    greenMail.start();
    return greenMail.getSmtp().getPort();
  }

  private static EmailChannel channel(String url, Duration timeout, SSLSocketFactory sockets)
      throws UnusableChannelException {
    EmailSettings settings =
        new EmailSettings("URL", "monitor@example.com", List.of("oncall@example.com", "b@x.org"));
    return new EmailChannel(settings, new Secrets(Map.of("URL", url)::get), timeout, sockets);
  }

  private static Outcome send(EmailChannel channel, Notification notification) {
    return channel.send(notification, NotificationText.of(notification, NOW), NOW);
  }

  private static Notification firing() {
    return OutboxRows.firing("n-1", "email", "checkout");
  }

  @Test
  void aMailSaysItInTextAndInHtml() throws Exception {
    String url = "smtp://127.0.0.1:" + start() + "?tls=off";
    assertThat(send(channel(url, PATIENT, null), firing()))
        .isEqualTo(Outcome.sent("accepted for 2 recipients"));
    MimeMessage[] received = greenMail.getReceivedMessages();
    assertThat(received).hasSize(2);
    MimeMessage mail = received[0];
    assertThat(mail.getSubject())
        .isEqualTo("[CRITICAL] Firing: Critical Error Rate, checkout 1.2.0");
    assertThat(mail.getFrom()[0]).hasToString("monitor@example.com");
    assertThat(mail.getAllRecipients()).hasSize(2);
    assertThat(mail.getMessageID()).isEqualTo("<n-1@example.com>");
    assertThat(mail.getHeader("References")).containsExactly("<pm-checkout-1@example.com>");
    assertThat(mail.getHeader("In-Reply-To")).containsExactly("<pm-checkout-1@example.com>");
    assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
    assertThat(mail.getSentDate().toInstant()).isEqualTo(NOW);
    MimeMultipart parts = (MimeMultipart) mail.getContent();
    assertThat(parts.getCount()).isEqualTo(2);
    BodyPart plain = parts.getBodyPart(0);
    assertThat(plain.getContentType()).isEqualTo("text/plain; charset=UTF-8");
    assertThat(plain.getContent().toString())
        .contains("error_rate 12.5% > 5% (312 executions, 5 min)", "promptmon alerts show");
    BodyPart html = parts.getBodyPart(1);
    assertThat(html.getContentType()).isEqualTo("text/html; charset=UTF-8");
    assertThat(html.getContent().toString()).contains("error_rate 12.5% &gt; 5%");
  }

  @Test
  void aThreadHoldsTogether() throws Exception {
    EmailChannel channel = channel("smtp://localhost", PATIENT, null);
    Notification group =
        OutboxRows.of(
            "n-2",
            "email",
            OutboxRows.alert("checkout", 1, Reason.RESOLVED),
            OutboxRows.alert("checkout", 2, Reason.FIRING));
    MimeMessage mail = channel.message(group, NotificationText.of(group, NOW), NOW);
    assertThat(mail.getMessageID()).isEqualTo("<n-2@example.com>");
    assertThat(mail.getHeader("References", null))
        .isEqualTo("<pm-checkout-1@example.com> <pm-checkout-2@example.com>");
    assertThat(mail.getHeader("In-Reply-To", null)).isEqualTo("<pm-checkout-1@example.com>");
    Notification notice =
        new Notification(
            "n-3",
            "email",
            "",
            NOW,
            NOW,
            List.of(),
            new Notice("k", "critical", "t", List.of(), true));
    assertThat(
            channel
                .message(notice, NotificationText.of(notice, NOW), NOW)
                .getHeader("References", null))
        .isEqualTo("<k@example.com>");
  }

  @Test
  void aNameCannotAddAHeader() throws Exception {
    Notification notification =
        OutboxRows.firing("n-1\r\nBcc: x@example.com", "email", "a\r\nBcc: x@example.com\r\n\r\nü");
    MimeMessage mail =
        channel("smtp://localhost", PATIENT, null)
            .message(notification, NotificationText.of(notification, NOW), NOW);
    assertThat(mail.getHeader("Bcc")).isNull();
    assertThat(mail.getSubject()).endsWith(", a Bcc: x@example.com ü 1.2.0");
    assertThat(mail.getMessageID()).isEqualTo("<n-1__Bcc__x_example.com@example.com>");
  }

  @Test
  void theLoginIsUsed() throws Exception {
    String server = "@127.0.0.1:" + start() + "?tls=off";
    assertThat(
            send(
                    channel("smtp://monitor%40example.com:" + PASSWORD + server, PATIENT, null),
                    firing())
                .kind())
        .isEqualTo(Kind.SENT);
    Outcome refused =
        send(channel("smtp://monitor%40example.com:wr0ng-one" + server, PATIENT, null), firing());
    assertThat(refused.kind()).isEqualTo(Kind.REFUSED);
    assertThat(refused.answer()).startsWith("login failed: 535");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void withTlsTheServerMustBeWhoItSays(boolean implicit) throws Exception {
    SSLContext tls = TestCertificate.create(directory);
    script = new SmtpScript(tls, implicit);
    String scheme = (implicit ? "smtps" : "smtp") + "://me:" + PASSWORD + "@";
    String url = scheme + "localhost:" + script.port();
    // Nobody has vouched for it.
    assertThat(send(channel(url, PATIENT, null), firing()).kind()).isEqualTo(Kind.RETRY);
    // It is somebody else's.
    String address = scheme + "127.0.0.1:" + script.port();
    Outcome outcome = send(channel(address, PATIENT, tls.getSocketFactory()), firing());
    assertThat(outcome.kind()).isEqualTo(Kind.RETRY);
    assertThat(script.commands()).noneMatch(command -> command.contains("AUTH"));
    assertThat(send(channel(url, PATIENT, tls.getSocketFactory()), firing()))
        .isEqualTo(Outcome.sent("accepted for 2 recipients"));
    assertThat(script.commands())
        .anyMatch(command -> command.startsWith("TLS AUTH PLAIN"))
        .contains("TLS DATA")
        .noneMatch(command -> command.startsWith("AUTH") || command.startsWith("MAIL"));
  }

  @Test
  void withoutStartTlsNothingIsSaid() throws Exception {
    script = new SmtpScript();
    Outcome outcome = send(channel("smtp://127.0.0.1:" + script.port(), PATIENT, null), firing());
    assertThat(outcome.kind()).isEqualTo(Kind.RETRY);
    assertThat(outcome.answer()).contains("STARTTLS is required");
    assertThat(script.commands()).noneMatch(command -> command.startsWith("MAIL"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MAIL | 550 5.7.1 not from s3same-0pen | REFUSED | 550 5.7.1 not from ***",
        "MAIL | 451 4.3.0 try later | RETRY | 451 4.3.0 try later",
        "DATA | 554 5.6.0 no | REFUSED | 554 5.6.0 no",
        "END | 452 4.3.1 no space | RETRY | 452 4.3.1 no space",
        "END | 552 5.3.4 too big | REFUSED | 552 5.3.4 too big",
        "RCPT | 550 5.1.1 unknown | REFUSED | 550 5.1.1 unknown",
        "RCPT | 450 4.2.0 greylisted | RETRY | 450 4.2.0 greylisted",
        "GREETING | 421 4.3.2 closing | RETRY | 421",
      })
  void answersAreFinalOrNot(String command, String answer, Kind kind, String said)
      throws Exception {
    script = new SmtpScript().answering(command, answer);
    String url = "smtp://me:" + PASSWORD + "@127.0.0.1:" + script.port() + "?tls=off";
    Outcome outcome = send(channel(url, PATIENT, null), firing());
    assertThat(outcome.kind()).as(outcome.answer()).isEqualTo(kind);
    assertThat(outcome.answer()).contains(said).doesNotContain(PASSWORD);
  }

  @Test
  void oneWrongRecipientKeepsNobodyFromBeingTold() throws Exception {
    script = new SmtpScript().answering("RCPT TO:<b@x.org>", "550 5.1.1 unknown");
    Outcome outcome =
        send(channel("smtp://127.0.0.1:" + script.port() + "?tls=off", PATIENT, null), firing());
    assertThat(outcome.kind()).as(outcome.answer()).isEqualTo(Kind.SENT);
    assertThat(outcome.answer())
        .startsWith("accepted for 1 of 2 recipients; not for the rest: 550 5.1.1 unknown");
  }

  @ParameterizedTest
  @CsvSource({"GREETING", "EHLO", "MAIL", "END"})
  void aServerThatSaysNothingOrHangsUpIsTriedAgain(String command) throws Exception {
    script = new SmtpScript().answering(command, SmtpScript.SILENCE);
    String url = "smtp://127.0.0.1:" + script.port() + "?tls=off";
    assertThat(send(channel(url, Duration.ofMillis(300), null), firing()).kind())
        .isEqualTo(Kind.RETRY);
    script.answering(command, SmtpScript.HANG_UP);
    assertThat(send(channel(url, PATIENT, null), firing()).kind()).isEqualTo(Kind.RETRY);
  }

  @Test
  void aServerThatIsNotThereIsTriedAgain() throws Exception {
    script = new SmtpScript();
    int port = script.port();
    script.close();
    Outcome outcome =
        send(channel("smtp://me:" + PASSWORD + "@127.0.0.1:" + port, PATIENT, null), firing());
    assertThat(outcome.kind()).isEqualTo(Kind.RETRY);
    assertThat(outcome.answer()).contains("127.0.0.1").doesNotContain(PASSWORD);
  }
}
