package io.promptmonitor.common.channels;

import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.config.ConfigValue;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The environment variables that hold the secrets of a channel. */
final class SecretVariables {

  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");

  private SecretVariables() {}

  /**
   * The variable of a channel, where its entry names none: {@code PROMPTMON_CHANNEL_NAME_WHAT}.
   *
   * @param what {@code URL}, for example
   */
  static String variable(String channel, String what) {
    return "PROMPTMON_CHANNEL_" + channel.toUpperCase(Locale.ROOT).replace('-', '_') + "_" + what;
  }

  /** The variable that the entry names, or null if it names none. */
  static @Nullable String read(ConfigSection section, String key) {
    return section.getOrNull(key, SecretVariables::name);
  }

  /**
   * Refuses secrets that are written into the file.
   *
   * @param wrong keys that people may try, of secrets
   * @param right key of the name of the variable
   */
  static void refuse(ConfigSection section, String right, String... wrong) {
    for (String key : wrong) {
      // Asked for only if it is there, or a message would say that it is expected.
      if (section.keys().contains(key) && section.has(key)) {
        section.problem(
            key,
            "a secret does not belong into the file: put it into an environment variable, and the"
                + " variable's name into \""
                + right
                + "\"");
      }
    }
  }

  private static String name(ConfigValue value) {
    String name = value.text();
    if (!VARIABLE.matcher(name).matches()) {
      // Not quoted: it is likely to be the secret.
      throw value.invalid(
          "expected the name of an environment variable (A-Z, 0-9 and _), not a secret itself");
    }
    return name;
  }
}
