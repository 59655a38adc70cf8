package io.promptmonitor.database;

import java.io.Serializable;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Where the PostgreSQL database is, and who connects to it.
 *
 * <p>What the URL leaves out is taken from the environment, at the time and on the machine of each
 * connection: {@value #USER_VARIABLE} and {@value #PASSWORD_VARIABLE}. So a job's settings need not
 * carry the password to the cluster. The password is never printed.
 */
public final class Database implements Serializable {

  private static final long serialVersionUID = 1;

  /** The schema of all tables. */
  public static final String SCHEMA = "promptmon";

  /** Environment variable with the URL. */
  public static final String URL_VARIABLE = "PROMPTMON_DB_URL";

  /** Environment variable with the user, where the URL names none. */
  public static final String USER_VARIABLE = "PROMPTMON_DB_USER";

  /** Environment variable with the password, where the URL has none. */
  public static final String PASSWORD_VARIABLE = "PROMPTMON_DB_PASSWORD";

  private static final String EXPECTED =
      "expected postgresql://[user[:password]@]host[:port]/database[?parameter=value&...]";

  private final String hosts;
  private final String name;

  @SuppressWarnings("serial") // a LinkedHashMap
  private final Map<String, String> parameters;

  private final @Nullable String user;
  private final @Nullable String password;

  private Database(
      String hosts,
      String name,
      Map<String, String> parameters,
      @Nullable String user,
      @Nullable String password) {
    this.hosts = hosts;
    this.name = name;
    this.parameters = parameters;
    this.user = user;
    this.password = password;
  }

  /**
   * The database at {@code url}: {@code postgresql://[user[:password]@]host[:port]/database}, with
   * the driver's parameters after a question mark; {@code jdbc:} may stand before it.
   *
   * @throws DatabaseException if it is not such a URL
   */
  public static Database of(String url) {
    String rest = url.strip();
    rest = rest.startsWith("jdbc:") ? rest.substring("jdbc:".length()) : rest;
    int authorityStart = rest.indexOf("://") + 3;
    String scheme = authorityStart < 3 ? "" : rest.substring(0, authorityStart - 3);
    if (!scheme.equals("postgresql") && !scheme.equals("postgres")) {
      // Not quoted: a URL may hold a password.
      throw new DatabaseException("the database URL is not one of PostgreSQL: " + EXPECTED);
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    int question = rest.indexOf('?', authorityStart);
    if (question >= 0) {
      for (String parameter : rest.substring(question + 1).split("&")) {
        int equals = parameter.indexOf('=');
        if (equals > 0) {
          parameters.put(
              decoded(parameter.substring(0, equals)), decoded(parameter.substring(equals + 1)));
        }
      }
      rest = rest.substring(0, question);
    }
    int at = rest.lastIndexOf('@');
    int slash = rest.indexOf('/', Math.max(at, authorityStart));
    if (slash < 0 || slash == rest.length() - 1 || slash == Math.max(at + 1, authorityStart)) {
      throw new DatabaseException("the database URL lacks a host or a database: " + EXPECTED);
    }
    String user = parameters.remove("user");
    String password = parameters.remove("password");
    if (at >= 0) {
      String credentials = rest.substring(authorityStart, at);
      int colon = credentials.indexOf(':');
      user = decoded(colon < 0 ? credentials : credentials.substring(0, colon));
      password = colon < 0 ? password : decoded(credentials.substring(colon + 1));
    }
    return new Database(
        rest.substring(Math.max(at + 1, authorityStart), slash),
        decoded(rest.substring(slash + 1)),
        parameters,
        user,
        password);
  }

  /** The database that {@code environment} names, or null if it names none. */
  public static @Nullable Database fromEnvironment(Map<String, String> environment) {
    String url = environment.get(URL_VARIABLE);
    return url == null || url.isBlank() ? null : of(url);
  }

  /** The same server and user, another database. */
  public Database withName(String other) {
    return new Database(hosts, other, parameters, user, password);
  }

  /** A database of a server on this machine. */
  public static Database local(int port, String name, String user, String password) {
    return new Database("127.0.0.1:" + port, name, new LinkedHashMap<>(), user, password);
  }

  private static String decoded(String text) {
    try {
      // A plus stays a plus, as psql has it.
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new DatabaseException("the database URL has a broken % escape: " + EXPECTED);
    }
  }

  /**
   * The URL for JDBC, without user and password; parameters are given separately by {@link
   * #properties}.
   */
  public String jdbcUrl() {
    return "jdbc:postgresql://"
        + hosts
        + "/"
        + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** The driver's properties, user and password included. */
  public Properties properties() {
    return properties(Map.of());
  }

  private Properties properties(Map<String, String> defaults) {
    Properties properties = new Properties();
    properties.setProperty("ApplicationName", "promptmon");
    properties.setProperty("currentSchema", SCHEMA);
    properties.setProperty("connectTimeout", "10");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("reWriteBatchedInserts", "true");
    // The detail of a violated constraint quotes the row.
    properties.setProperty("logServerErrorDetail", "false");
    properties.putAll(defaults);
    properties.putAll(parameters);
    String theUser = user == null ? System.getenv(USER_VARIABLE) : user;
    if (theUser != null) {
      properties.setProperty("user", theUser);
    }
    String thePassword = password == null ? System.getenv(PASSWORD_VARIABLE) : password;
    if (thePassword != null) {
      properties.setProperty("password", thePassword);
    }
    return properties;
  }

  /** A new connection. */
  public Connection connect() throws SQLException {
    return connect(Map.of());
  }

  /** A new connection; {@code defaults} are driver properties the URL may override. */
  public Connection connect(Map<String, String> defaults) throws SQLException {
    // Not by DriverManager, which does not see the driver in a job's class loader.
    Connection connection = new Driver().connect(jdbcUrl(), properties(defaults));
    if (connection == null) {
      throw new DatabaseException("the driver refuses the URL of " + this);
    }
    return connection;
  }

  /** What to tell a person when connecting failed. */
  public DatabaseException cannotConnect(Throwable failure) {
    return new DatabaseException(
        "cannot connect to the database " + this + ": " + reason(failure), failure);
  }

  /**
   * What the database said, in one line, without the data it quotes: the message of the innermost
   * SQL exception, or of the exception itself.
   */
  public static String reason(Throwable failure) {
    Throwable innermost = failure;
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof SQLException) {
        innermost = t;
      }
    }
    if (innermost instanceof PSQLException sql) {
      ServerErrorMessage server = sql.getServerErrorMessage();
      if (server != null && server.getMessage() != null) {
        return oneLine(server.getMessage());
      }
    }
    String message = innermost.getMessage();
    return message == null ? innermost.getClass().getSimpleName() : oneLine(message);
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s*\\R\\s*", "; ");
  }

  /** Host, port, database and, if the URL names one, the user; never the password. */
  @Override
  public String toString() {
    return (user == null ? "" : user + "@") + hosts + "/" + name;
  }
}
