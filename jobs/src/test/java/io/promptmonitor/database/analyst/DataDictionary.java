package io.promptmonitor.database.analyst;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code docs/data-dictionary.md}, made from what the database's catalog says of its tables, views,
 * columns and functions. What has no comment there is an error.
 */
final class DataDictionary {

  private static final String HEADER =
      """
      # Data dictionary

      Every table, view, column and function in the schema `promptmon`, for reference. Which of them answers which question: [sql.md](sql.md); how they are
      written, and who may do what: [tables.md](tables.md).

      <!-- Made from the comments in the database by DataDictionaryTest: change those in sql/migrations, then run it with -Dpromptmonitor.golden.write=true. -->

      Times are `timestamptz`, instants that clients show in their own time zone; days and dates are UTC. Latencies are milliseconds, rates and shares 0 to 1,
      qualities 0 to 10, ratings 1 to 5. What cannot be known is NULL, never 0. Of tables the columns say whether they may be NULL; a view's columns may be
      where their meaning says so.
      """;

  /** The part of a comment before which a function is not for use by itself. */
  private static final String PART = "Part of ";

  private record Relation(String name, boolean isView, String key, boolean forAnalysts) {}

  private final Connection connection;
  private final List<String> withoutComment = new ArrayList<>();

  DataDictionary(Connection connection) {
    this.connection = connection;
  }

  /** The document. */
  String text() throws SQLException {
    Map<Relation, String> relations = relations();
    StringBuilder text = new StringBuilder(HEADER);
    text.append("\n## Contents\n\n| | is a | analysts read it | holds |\n|---|---|---|---|\n");
    relations.forEach(
        (relation, comment) ->
            text.append(
                row(
                    "[`" + relation.name() + "`](#" + relation.name() + ")",
                    relation.isView() ? "view" : "table",
                    relation.forAnalysts() ? "yes" : "no",
                    comment)));
    text.append("\n[Functions](#functions)\n");
    for (Map.Entry<Relation, String> relation : relations.entrySet()) {
      text.append(section(relation.getKey(), relation.getValue()));
    }
    text.append(functions());
    if (!withoutComment.isEmpty()) {
      throw new IllegalStateException("no comment on " + String.join(", ", withoutComment));
    }
    return text.toString();
  }

  private Map<Relation, String> relations() throws SQLException {
    Map<Relation, String> relations = new LinkedHashMap<>();
    for (List<@Nullable String> row :
        rows(
            """
            SELECT c.relname, c.relkind = 'v', has_table_privilege('promptmon_analyst', c.oid, 'SELECT'), obj_description(c.oid, 'pg_class'),
              coalesce((SELECT string_agg('`' || a.attname || '`', ', ' ORDER BY k.n) FROM pg_index i,
                unnest(i.indkey) WITH ORDINALITY AS k (attnum, n) JOIN pg_attribute a ON a.attnum = k.attnum
                WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid), '')
            FROM pg_class c
            WHERE c.relnamespace = 'promptmon'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
              AND NOT c.relispartition AND c.relname <> 'flyway_schema_history'
            ORDER BY c.relname COLLATE "C"
            """)) {
      String name = String.valueOf(row.get(0));
      relations.put(
          new Relation(name, isTrue(row.get(1)), String.valueOf(row.get(4)), isTrue(row.get(2))),
          comment(name, row.get(3)));
    }
    return relations;
  }

  private String section(Relation relation, String comment) throws SQLException {
    StringBuilder text = new StringBuilder("\n## `" + relation.name() + "`\n\n" + comment);
    if (!relation.key().isEmpty()) {
      text.append(" Key: ").append(relation.key()).append('.');
    }
    text.append("\n\n");
    text.append(
        relation.isView()
            ? "| column | type | meaning |\n|---|---|---|\n"
            : "| column | type | NULL | meaning |\n|---|---|---|---|\n");
    for (List<@Nullable String> row :
        rows(
            """
            SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, col_description(a.attrelid, a.attnum)
            FROM pg_attribute a
            WHERE a.attrelid = 'promptmon.%s'::regclass AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum
            """
                .formatted(relation.name()))) {
      String name = "`" + row.get(0) + "`";
      String type = type(String.valueOf(row.get(1)));
      String meaning = comment(relation.name() + "." + row.get(0), row.get(3));
      text.append(
          relation.isView()
              ? row(name, type, meaning)
              : row(name, type, isTrue(row.get(2)) ? "no" : "may be", meaning));
    }
    return text.toString();
  }

  /** The functions that some role may call; all others belong to them. */
  private String functions() throws SQLException {
    StringBuilder table =
        new StringBuilder(
            """

            ## Functions

            | function | returns | who may call it | does |
            |---|---|---|---|
            """);
    List<String> parts = new ArrayList<>();
    for (List<@Nullable String> row :
        rows(
            """
            SELECT p.proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid), obj_description(p.oid, 'pg_proc'),
              string_agg(substr(r.rolname, length('promptmon_') + 1), ', ' ORDER BY r.rolname)
            FROM pg_proc p
            JOIN pg_roles r ON r.rolname ~ '^promptmon_' AND has_function_privilege(r.oid, p.oid, 'EXECUTE')
            WHERE p.pronamespace = 'promptmon'::regnamespace AND p.prorettype <> 'trigger'::regtype
            GROUP BY p.oid, p.proname
            ORDER BY p.proname COLLATE "C", 2
            """)) {
      String meaning = comment(row.get(0) + "()", row.get(3));
      if (meaning.startsWith(PART)) {
        parts.add("`" + row.get(0) + "`");
      } else {
        String arguments = type(String.valueOf(row.get(1)).replace("promptmon.", ""));
        String result = type(String.valueOf(row.get(2)).replace("promptmon.", ""));
        table.append(row("`" + row.get(0) + "(" + arguments + ")`", result, row.get(4), meaning));
      }
    }
    return table
        + (parts.isEmpty()
            ? ""
            : "\nParts of these, of no use by themselves: " + String.join(", ", parts) + ".\n");
  }

  private String comment(String name, @Nullable String comment) {
    if (comment == null || comment.isBlank()) {
      withoutComment.add(name);
      return "";
    }
    return comment;
  }

  private static String row(@Nullable String... cells) {
    return List.of(cells).stream()
        .map(cell -> String.valueOf(cell).replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  private static String type(String type) {
    return type.replace("timestamp with time zone", "timestamptz")
        .replaceAll("NULL::[a-z ]+", "NULL");
  }

  private static boolean isTrue(@Nullable String value) {
    return "t".equals(value);
  }

  private List<List<@Nullable String>> rows(String sql) throws SQLException {
    List<List<@Nullable String>> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        List<@Nullable String> row = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.add(result.getString(i));
        }
        rows.add(row);
      }
    }
    return rows;
  }
}
