package io.promptmonitor.cli;

import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prints one result of a query: its columns, then row by row. */
public interface ResultPrinter {

  /** What a column holds, as far as it matters for printing. */
  enum Kind {
    /** A number. */
    NUMBER,
    /** True or false. */
    BOOLEAN,
    /** A JSON value. */
    JSON,
    /** Bytes, written {@code \x0102}. */
    BYTES,
    /** Anything else, as PostgreSQL writes it. */
    TEXT;

    /** The kind of PostgreSQL's type {@code name}. */
    static Kind ofType(String name) {
      return switch (name) {
        case "int2", "int4", "int8", "float4", "float8", "numeric", "oid" -> NUMBER;
        case "bool" -> BOOLEAN;
        case "json", "jsonb" -> JSON;
        case "bytea" -> BYTES;
        default -> TEXT;
      };
    }
  }

  /** A column of the result. */
  record Column(String name, Kind kind) {}

  /** Begins a result. */
  void begin(List<Column> columns, PrintWriter out);

  /** Prints a row: a value for each column as PostgreSQL writes it, or null. */
  void row(List<@Nullable String> values, PrintWriter out);

  /** Ends the result. */
  void end(PrintWriter out);
}
