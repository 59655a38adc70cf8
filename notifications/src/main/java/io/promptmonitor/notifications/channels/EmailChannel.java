package io.promptmonitor.notifications.channels;

import io.promptmonitor.common.channels.EmailSettings;
import io.promptmonitor.common.notifications.AlertMessage;
import io.promptmonitor.common.notifications.Notice;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.notifications.NotificationText;
import io.promptmonitor.notifications.channels.SmtpServer.Security;
import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.jspecify.annotations.Nullable;

/**
 * Mail, by SMTP: as text and as HTML. All mails about an episode refer to the same message, so that
 * a thread holds together; every attempt at a notification has the same {@code Message-ID}, by
 * which receivers recognise it. Answers 5xx are final, 4xx are not.
 */
final class EmailChannel implements Channel {

  /** How long to wait for each answer of the server. */
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** Greeting, two EHLO, STARTTLS, login, MAIL, DATA, the end, and RCPT for the recipients. */
  private static final int ANSWERS = 12 + EmailSettings.MAX_RECIPIENTS;

  /** Of what a mail refers to; more make the header unwieldy. */
  private static final int MAX_REFERENCES = 20;

  private static final Pattern CODE = Pattern.compile("^\\s*([245]\\d\\d)\\b");

  private final Secrets secrets;
  private final SmtpServer server;
  private final List<String> to;
  private final Session session;
  private final Duration timeout;

  EmailChannel(EmailSettings settings, Secrets secrets) throws UnusableChannelException {
    this(settings, secrets, TIMEOUT, null);
  }

  /**
   * With limits and trust of one's own.
   *
   * @param sockets makes connections with TLS; null for those of the JVM
   */
  EmailChannel(
      EmailSettings settings, Secrets secrets, Duration timeout, @Nullable SSLSocketFactory sockets)
      throws UnusableChannelException {
    this.secrets = secrets;
    this.server = SmtpServer.of(settings.urlVariable(), secrets);
    this.timeout = timeout;
    this.to = settings.to().isEmpty() ? server.to() : settings.to();
    String from = settings.from() == null ? server.from() : settings.from();
    if (from == null || to.isEmpty()) {
      throw new UnusableChannelException(
          "neither the entry of the channel nor the URL in the environment variable "
              + settings.urlVariable()
              + " says \""
              + (from == null ? "from" : "to")
              + "\"");
    }
    this.session = Session.getInstance(properties(from, sockets));
  }

  private Properties properties(String from, @Nullable SSLSocketFactory sockets) {
    String millis = Long.toString(timeout.toMillis());
    Properties properties = new Properties();
    properties.put("mail.transport.protocol", "smtp");
    properties.put("mail.from", from);
    properties.put("mail.smtp.from", from);
    properties.put("mail.smtp.host", server.host());
    properties.put("mail.smtp.port", Integer.toString(server.port()));
    properties.put("mail.smtp.connectiontimeout", millis);
    properties.put("mail.smtp.timeout", millis);
    properties.put("mail.smtp.writetimeout", millis);
    properties.put("mail.smtp.quitwait", "false");
    // One recipient that does not exist must not keep the others from being told.
    properties.put("mail.smtp.sendpartial", "true");
    properties.put("mail.smtp.auth", Boolean.toString(server.user() != null));
    properties.put("mail.smtp.ssl.checkserveridentity", "true");
    properties.put("mail.smtp.ssl.enable", Boolean.toString(server.security() == Security.TLS));
    boolean startTls = server.security() == Security.STARTTLS;
    properties.put("mail.smtp.starttls.enable", Boolean.toString(startTls));
    properties.put("mail.smtp.starttls.required", Boolean.toString(startTls));
    if (sockets != null) {
      properties.put("mail.smtp.ssl.socketFactory", sockets);
    }
    return properties;
  }

  @Override
  public Outcome send(Notification notification, NotificationText text, Instant now) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    // The mail library looks for its parts by this one; a job's own is not that of the thread.
    thread.setContextClassLoader(EmailChannel.class.getClassLoader());
    try {
      return secrets.redact(deliver(message(notification, text, now)));
    } catch (MessagingException e) {
      return secrets.redact(Outcome.refused("no mail can be made of it: " + e.getMessage()));
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private Outcome deliver(MimeMessage message) {
    try (Transport transport = session.getTransport("smtp")) {
      transport.connect(server.user(), server.password());
      transport.sendMessage(message, message.getAllRecipients());
      return Outcome.sent("accepted for " + recipients(to.size()));
    } catch (SendFailedException e) {
      return outcome(e);
    } catch (AuthenticationFailedException e) {
      return outcome("login failed", e, code(e.getMessage()));
    } catch (MessagingException e) {
      return outcome(null, e, code(e.getMessage()));
    }
  }

  private Outcome outcome(SendFailedException failure) {
    int sent = length(failure.getValidSentAddresses());
    String answer = lastAnswer(failure);
    if (sent > 0) {
      return Outcome.sent(
          "accepted for "
              + sent
              + " of "
              + recipients(to.size())
              + "; not for the rest: "
              + answer);
    }
    return outcome(null, failure, codes(failure));
  }

  /** Refused if all answers are, because one that is not may become another one. */
  private Outcome outcome(@Nullable String what, MessagingException failure, List<Integer> codes) {
    String answer = (what == null ? "" : what + ": ") + lastAnswer(failure);
    boolean refused = !codes.isEmpty() && codes.stream().allMatch(code -> code / 100 == 5);
    return refused ? Outcome.refused(answer) : Outcome.retry(answer);
  }

  private static List<Integer> codes(MessagingException failure) {
    List<Integer> codes = new ArrayList<>();
    for (Exception e = failure; e instanceof MessagingException m; e = m.getNextException()) {
      if (e instanceof SMTPSendFailedException send && send.getReturnCode() > 0) {
        codes.add(send.getReturnCode());
      } else if (e instanceof SMTPAddressFailedException address && address.getReturnCode() > 0) {
        codes.add(address.getReturnCode());
      }
    }
    return codes;
  }

  private static List<Integer> code(@Nullable String answer) {
    Matcher matcher = CODE.matcher(answer == null ? "" : answer);
    return matcher.find() ? List.of(Integer.parseInt(matcher.group(1))) : List.of();
  }

  /** What the server said of a recipient, if it did, or of the message. */
  private static String lastAnswer(MessagingException failure) {
    String answer = failure.getMessage();
    for (Exception e = failure; e instanceof MessagingException m; e = m.getNextException()) {
      if (e instanceof SMTPAddressFailedException && e.getMessage() != null) {
        answer = e.getMessage();
      }
    }
    return answer == null ? failure.getClass().getSimpleName() : answer;
  }

  private static String recipients(int count) {
    return count == 1 ? "1 recipient" : count + " recipients";
  }

  private static int length(Address @Nullable [] addresses) {
    return addresses == null ? 0 : addresses.length;
  }

  @Override
  public Duration longestAttempt() {
    return timeout.multipliedBy(ANSWERS);
  }

  /** The mail. */
  MimeMessage message(Notification notification, NotificationText text, Instant now)
      throws MessagingException {
    String from = session.getProperty("mail.from");
    String domain = from.substring(from.lastIndexOf('@') + 1);
    String id = id(notification.notificationId(), domain);
    MimeMessage message =
        new MimeMessage(session) {
          @Override
          protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", id);
          }
        };
    message.setFrom(new InternetAddress(from));
    for (String recipient : to) {
      message.addRecipient(Message.RecipientType.TO, new InternetAddress(recipient));
    }
    message.setSubject(text.title(), StandardCharsets.UTF_8.name());
    message.setSentDate(Date.from(now));
    String references =
        threads(notification)
            .distinct()
            .limit(MAX_REFERENCES)
            .map(thread -> id(thread, domain))
            .collect(Collectors.joining(" "));
    message.setHeader("References", references);
    message.setHeader("In-Reply-To", references.split(" ")[0]);
    message.setHeader("Auto-Submitted", "auto-generated");
    message.setHeader("X-Mailer", "Prompt Monitor");
    MimeBodyPart plain = new MimeBodyPart();
    plain.setText(text.plain() + "\n", StandardCharsets.UTF_8.name());
    MimeBodyPart html = new MimeBodyPart();
    html.setText(html(text), StandardCharsets.UTF_8.name(), "html");
    message.setContent(new MimeMultipart("alternative", plain, html));
    message.saveChanges();
    return message;
  }

  /** What the mail belongs to: messages that are never sent, but that all others refer to. */
  private static Stream<String> threads(Notification notification) {
    Notice notice = notification.notice();
    return notice == null
        ? notification.alerts().stream().map(AlertMessage::alertId)
        : Stream.of(notice.dedupKey());
  }

  private static String id(String name, String domain) {
    return "<" + name.replaceAll("[^A-Za-z0-9._-]", "_") + "@" + domain + ">";
  }

  /** The text in HTML, with nothing but paragraphs in it. */
  static String html(NotificationText text) {
    StringBuilder html = new StringBuilder("<!DOCTYPE html>\n<html><body>\n");
    html.append("<p><b>").append(escaped(text.title())).append("</b></p>\n");
    for (NotificationText.Section section : text.sections()) {
      if (section.heading() != null) {
        html.append("<p><b>").append(escaped(section.heading())).append("</b></p>\n");
      }
      List<String> lines = new ArrayList<>();
      section.lines().forEach(line -> lines.add(escaped(line)));
      if (section.command() != null) {
        lines.add("<code>" + escaped(section.command()) + "</code>");
      }
      html.append("<p>").append(String.join("<br>\n", lines)).append("</p>\n");
    }
    for (String footnote : text.footnotes()) {
      html.append("<p>").append(escaped(footnote)).append("</p>\n");
    }
    return html.append("</body></html>\n").toString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
