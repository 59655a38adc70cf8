package io.promptmonitor.cli;

import io.promptmonitor.cli.ResultPrinter.Column;
import io.promptmonitor.cli.ResultPrinter.Kind;
import io.promptmonitor.database.Database;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code promptmon sql}: a query on the sink tables, which it cannot change. */
@Command(
    name = "sql",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a query on the tables and prints the result.",
      "The session is read-only, the schema is promptmon, times are UTC."
    })
final class SqlCommand implements Callable<Integer> {

  private static final int FETCH_SIZE = 500;

  @Parameters(
      arity = "0..1",
      paramLabel = "QUERY",
      description = "The query, or - to read it from standard input.")
  private @Nullable String query;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "Read the query from this file, or from standard input if it is -.")
  private @Nullable String file;

  @ArgGroup private @Nullable Format format;

  /** At most one of these; a table if none. */
  private static final class Format {
    @Option(names = "--csv", description = "Print comma-separated values with a header.")
    private boolean csv;

    @Option(names = "--json", description = "Print a JSON array with an object for each row.")
    private boolean json;
  }

  @Option(
      names = "--max-rows",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "Show at most this many rows of a table; 0 for all. --csv and --json print all."
              + " Default: ${DEFAULT-VALUE}.")
  private long maxRows;

  @Mixin private DatabaseOption databaseOption;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    String text = queryText();
    try (DatabaseOption.Opened opened = databaseOption.open();
        Connection connection = connect(opened.database())) {
      return run(text, connection);
    } catch (SQLException e) {
      throw new IllegalStateException(Database.reason(e), e);
    }
  }

  private String queryText() {
    if ((query == null) == (file == null)) {
      throw new ParameterException(
          spec.commandLine(), "expected a query, or a file with one (-f FILE)");
    }
    String text = query;
    if (text == null || text.equals("-")) {
      String source = text == null ? String.valueOf(file) : text;
      try {
        text =
            source.equals("-")
                ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                : Files.readString(Path.of(source));
      } catch (IOException e) {
        throw new ParameterException(
            spec.commandLine(),
            "cannot read the query from " + source + ": " + e.getClass().getSimpleName(),
            e);
      }
    }
    if (text.isBlank()) {
      throw new ParameterException(spec.commandLine(), "the query is empty");
    }
    return text;
  }

  private static Connection connect(Database database) {
    try {
      // As text, so that times are printed as the session has them.
      Connection connection = database.connect(Map.of("binaryTransfer", "false"));
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY");
        statement.execute("SET TIME ZONE 'UTC'");
        statement.execute("SET search_path = " + Database.SCHEMA);
      }
      // A cursor needs a transaction, and a result that is too large for memory a cursor.
      connection.setAutoCommit(false);
      return connection;
    } catch (SQLException e) {
      throw database.cannotConnect(e);
    }
  }

  private int run(String text, Connection connection) {
    PrintWriter out = spec.commandLine().getOut();
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.setFetchSize(FETCH_SIZE);
      boolean isResult = statement.execute(text);
      while (isResult || statement.getUpdateCount() >= 0) {
        if (isResult) {
          print(statement.getResultSet(), out);
        }
        isResult = statement.getMoreResults();
      }
      return PromptMon.EXIT_OK;
    } catch (SQLException e) {
      out.flush();
      tell(e, text);
      return PromptMon.EXIT_USAGE;
    }
  }

  private void print(ResultSet rows, PrintWriter out) throws SQLException {
    ResultPrinter printer = printer();
    List<Column> columns = columns(rows.getMetaData());
    long limit = printer instanceof TablePrinter && maxRows > 0 ? maxRows : Long.MAX_VALUE;
    printer.begin(columns, out);
    long count = 0;
    boolean more = false;
    while (rows.next()) {
      if (count == limit) {
        more = true;
        break;
      }
      count++;
      List<@Nullable String> values = new ArrayList<>(columns.size());
      for (int i = 1; i <= columns.size(); i++) {
        values.add(rows.getString(i));
      }
      printer.row(values, out);
    }
    printer.end(out);
    out.flush();
    tellCount(count, more);
  }

  private ResultPrinter printer() {
    if (format != null && format.csv) {
      return new CsvPrinter();
    }
    return format != null && format.json
        ? new JsonPrinter()
        : new TablePrinter(Ansi.AUTO.enabled());
  }

  private static List<Column> columns(ResultSetMetaData metaData) throws SQLException {
    List<Column> columns = new ArrayList<>();
    for (int i = 1; i <= metaData.getColumnCount(); i++) {
      columns.add(
          new Column(metaData.getColumnLabel(i), Kind.ofType(metaData.getColumnTypeName(i))));
    }
    return columns;
  }

  private void tellCount(long count, boolean more) {
    PrintWriter err = spec.commandLine().getErr();
    String rows = count == 1 ? "1 row" : count + " rows";
    err.println(more ? rows + " shown, there are more: see --max-rows, --csv and --json" : rows);
    err.flush();
  }

  /** One line, and where PostgreSQL says where, the line of the query with a caret below it. */
  private void tell(SQLException e, String text) {
    PrintWriter err = spec.commandLine().getErr();
    ServerErrorMessage server = e instanceof PSQLException sql ? sql.getServerErrorMessage() : null;
    String hint = server == null || server.getHint() == null ? "" : " (" + server.getHint() + ")";
    int position = server == null || hasSeveralStatements(text) ? 0 : server.getPosition();
    if (position < 1 || position > text.codePointCount(0, text.length()) + 1) {
      err.println("promptmon: " + Database.reason(e) + hint);
    } else {
      int index = text.offsetByCodePoints(0, position - 1);
      int lineStart = text.lastIndexOf('\n', index - 1) + 1;
      int lineEnd = text.indexOf('\n', index);
      int line = (int) text.substring(0, lineStart).chars().filter(c -> c == '\n').count() + 1;
      int column = text.codePointCount(lineStart, index) + 1;
      err.println(
          "promptmon: line " + line + ", column " + column + ": " + Database.reason(e) + hint);
      err.println(
          "  "
              + text.substring(lineStart, lineEnd < 0 ? text.length() : lineEnd)
                  .replace('\t', ' '));
      err.println("  " + " ".repeat(column - 1) + "^");
    }
    err.flush();
  }

  /** Then positions count from the statement's own beginning, which only the driver knows. */
  private static boolean hasSeveralStatements(String text) {
    String stripped = text.strip();
    int semicolon = stripped.indexOf(';');
    return semicolon >= 0 && semicolon < stripped.length() - 1;
  }
}
