package io.promptmonitor.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A JSON array with an object for each row, a line each. */
public final class JsonPrinter implements ResultPrinter {

  private static final JsonFactory JSON = new JsonFactory();

  /** PostgreSQL also knows NaN and Infinity, which are texts in JSON. */
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

  private List<Column> columns = List.of();
  private long rows;

  @Override
  public void begin(List<Column> resultColumns, PrintWriter out) {
    columns = resultColumns;
    rows = 0;
    out.print('[');
  }

  @Override
  public void row(List<@Nullable String> values, PrintWriter out) {
    out.print(rows++ == 0 ? "\n" : ",\n");
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      for (int i = 0; i < values.size(); i++) {
        json.writeFieldName(columns.get(i).name());
        write(values.get(i), columns.get(i).kind(), json);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.print(text);
  }

  private static void write(@Nullable String value, Kind kind, JsonGenerator json)
      throws IOException {
    if (value == null) {
      json.writeNull();
    } else if (kind == Kind.BOOLEAN) {
      json.writeBoolean(value.equals("t"));
    } else if (kind == Kind.JSON || (kind == Kind.NUMBER && NUMBER.matcher(value).matches())) {
      json.writeRawValue(value);
    } else {
      json.writeString(value);
    }
  }

  @Override
  public void end(PrintWriter out) {
    out.print(rows == 0 ? "]\n" : "\n]\n");
  }
}
