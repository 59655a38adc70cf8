package io.promptmonitor.notifications.channels;

import io.promptmonitor.common.channels.EmailSettings;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A mail server and how to log in, from a URL: {@code smtp://user:password@host:587} with STARTTLS,
 * {@code smtps://…} with TLS from the first byte; after a question mark {@code tls=off}, {@code
 * from=ADDRESS} and {@code to=ADDRESS,ADDRESS}.
 *
 * @param user null without login
 * @param password null without login
 * @param from the sender; null if the URL does not say
 * @param to the recipients; empty if the URL does not say
 */
record SmtpServer(
    String host,
    int port,
    Security security,
    @Nullable String user,
    @Nullable String password,
    @Nullable String from,
    List<String> to) {

  private static final String EXPECTED =
      "a URL such as smtp://user:password@mail.example.com:587?from=ADDRESS&to=ADDRESS";

  /** How the connection is kept from others. */
  enum Security {
    /** It becomes encrypted before anything is said; if it cannot, nothing is. */
    STARTTLS,
    /** It is encrypted from the beginning. */
    TLS,
    /** Not at all: for a server on the same machine. */
    NONE
  }

  /**
   * The server in an environment variable.
   *
   * @throws UnusableChannelException if it is not set, or wrong
   */
  static SmtpServer of(String variable, Secrets secrets) throws UnusableChannelException {
    URI url = secrets.requireUri(variable, EXPECTED);
    String scheme = String.valueOf(url.getScheme());
    boolean implicit = scheme.equals("smtps");
    String host = url.getHost();
    String path = url.getRawPath();
    if (!(implicit || scheme.equals("smtp"))
        || host == null
        || !(path == null || path.isEmpty() || path.equals("/"))) {
      throw wrong(variable, "does not hold " + EXPECTED);
    }
    String user = null;
    String password = null;
    String login = url.getRawUserInfo();
    if (login != null) {
      int colon = login.indexOf(':');
      if (colon < 0) {
        throw wrong(variable, "names a user without a password");
      }
      user = Secrets.decoded(login.substring(0, colon));
      password = Secrets.decoded(login.substring(colon + 1));
      secrets.hide(password);
    }
    Security security = implicit ? Security.TLS : Security.STARTTLS;
    String from = null;
    List<String> to = new ArrayList<>();
    String query = url.getRawQuery() == null ? "" : url.getRawQuery();
    for (String parameter : query.isEmpty() ? new String[0] : query.split("&")) {
      int equals = parameter.indexOf('=');
      String value = Secrets.decoded(parameter.substring(equals + 1));
      switch (parameter.substring(0, Math.max(0, equals))) {
        case "from" -> from = address(value, variable);
        case "to" -> {
          for (String address : value.split(",")) {
            to.add(address(address, variable));
          }
        }
        case "tls" -> {
          if (!value.equals("off") || implicit) {
            throw wrong(variable, "has a parameter tls that is not \"off\", or is not for smtps");
          }
          security = Security.NONE;
        }
        default -> throw wrong(variable, "has a parameter that is not from, to or tls");
      }
    }
    if (to.size() > EmailSettings.MAX_RECIPIENTS) {
      throw wrong(variable, "has more than " + EmailSettings.MAX_RECIPIENTS + " recipients");
    }
    if (security == Security.NONE && user != null && !isLocal(host)) {
      throw wrong(variable, "has a password that would be sent without TLS");
    }
    int port = url.getPort() >= 0 ? url.getPort() : implicit ? 465 : 587;
    return new SmtpServer(host, port, security, user, password, from, List.copyOf(to));
  }

  private static boolean isLocal(String host) {
    return Arrays.asList("localhost", "127.0.0.1", "[::1]").contains(host);
  }

  private static String address(String text, String variable) throws UnusableChannelException {
    if (!EmailSettings.isAddress(text)) {
      throw wrong(variable, "has a parameter from or to that is not a mail address");
    }
    return text;
  }

  private static UnusableChannelException wrong(String variable, String what) {
    return new UnusableChannelException(
        "the URL in the environment variable " + variable + " " + what);
  }

  /** Without the password. */
  @Override
  public String toString() {
    return host + ":" + port;
  }
}
