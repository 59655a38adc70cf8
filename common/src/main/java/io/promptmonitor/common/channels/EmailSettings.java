package io.promptmonitor.common.channels;

import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.config.ConfigValue;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Mail, by SMTP.
 *
 * @param urlVariable the environment variable with the server's URL: {@code
 *     smtp://user:password@host:587}; it may name {@code from} and {@code to} too
 * @param from the sender; null if the URL names it
 * @param to the recipients; empty if the URL names them
 */
public record EmailSettings(String urlVariable, @Nullable String from, List<String> to)
    implements ChannelSettings {

  /** More people than that are told by a mailing list. */
  public static final int MAX_RECIPIENTS = 20;

  private static final Pattern ADDRESS =
      Pattern.compile("[^\\p{Cntrl}\\p{Space}<>@,;]+@[A-Za-z0-9.-]+");

  public EmailSettings {
    Objects.requireNonNull(urlVariable, "urlVariable");
    to = List.copyOf(to);
  }

  static EmailSettings named(String name) {
    return new EmailSettings(SecretVariables.variable(name, "URL"), null, List.of());
  }

  static EmailSettings read(String name, ConfigSection section) {
    SecretVariables.refuse(
        section, "url_env", "url", "password", "username", "user", "smtp_password");
    String variable = SecretVariables.read(section, "url_env");
    return new EmailSettings(
        variable == null ? SecretVariables.variable(name, "URL") : variable,
        section.getOrNull("from", EmailSettings::address),
        section.get("to", EmailSettings::recipients, List.of()));
  }

  /** Whether it is one plain mail address: {@code name@host}. */
  public static boolean isAddress(String text) {
    return text.length() <= 254 && ADDRESS.matcher(text).matches();
  }

  private static List<String> recipients(ConfigValue value) {
    List<String> to = value.isList() ? value.list(EmailSettings::address) : List.of(address(value));
    if (to.size() > MAX_RECIPIENTS) {
      throw value.invalid("at most " + MAX_RECIPIENTS + " recipients, found " + to.size());
    }
    return to;
  }

  private static String address(ConfigValue value) {
    String address = value.text();
    if (!isAddress(address)) {
      throw value.invalid("expected a mail address such as oncall@example.com");
    }
    return address;
  }

  @Override
  public ChannelType type() {
    return ChannelType.EMAIL;
  }

  @Override
  public List<String> requiredVariables() {
    return List.of(urlVariable);
  }
}
