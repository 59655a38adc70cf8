package io.promptmonitor.jobs.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.deployment.MonitorConfig;
import io.promptmonitor.common.ingest.RejectionReason;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.jobs.metrics.JobMetric;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * 10,000 broken records of every kind between good ones: none stops the job, none vanishes, none
 * leaves its text anywhere.
 */
class BrokenInputTest {

  private static final int BROKEN = 10_000;

  /**
   * Stands in every broken record, and in good ones where raw text may be: must be nowhere
   * afterwards.
   */
  private static final String SECRET = "patient Jane Roe has a rare disease";

  private static final String GOOD =
      "{\"execution_id\":\"good-%d\",\"prompt_id\":\"greeting\",\"prompt_version\":\"1.0.0\","
          + "\"timestamp\":\"2026-01-05T10:%02d:%02dZ\",\"performance\":{\"latency_ms\":120,"
          + "\"input_tokens\":10,\"output_tokens\":20,\"total_tokens\":30},"
          + "\"outcome\":{\"success\":false,\"error_type\":\"timeout\",\"error_message\":\""
          + SECRET
          + "\"},\"input\":\""
          + SECRET
          + "\"}";

  /** What to replace in a good record to break it, and the reason that follows. */
  private enum Damage {
    MISSING_FIELD(RejectionReason.MISSING_FIELD, "\"prompt_id\":\"greeting\",", ""),
    EMPTY_ID(
        RejectionReason.MISSING_FIELD,
        "\"execution_id\":\"good",
        "\"execution_id\":\"\",\"x\":\"good"),
    WRONG_TYPE(RejectionReason.WRONG_TYPE, ":120,", ":\"" + SECRET + "\","),
    NEGATIVE_LATENCY(RejectionReason.OUT_OF_RANGE, ":120,", ":-1,"),
    TOKENS(RejectionReason.TOKENS_DO_NOT_ADD_UP, ":30}", ":31}"),
    RATING(
        RejectionReason.INVALID_RATING,
        "\"outcome\"",
        "\"quality\":{\"user_feedback\":6},\"outcome\""),
    TIMESTAMP(RejectionReason.INVALID_TIMESTAMP, "2026-01-05T", "yesterday "),
    NO_ZONE(RejectionReason.INVALID_TIMESTAMP, "Z\",\"performance\"", "\",\"performance\""),
    FUTURE(RejectionReason.TIMESTAMP_IN_FUTURE, "2026-01-05T", "2999-01-05T"),
    TOO_LONG(RejectionReason.FIELD_TOO_LONG, "\"timeout\"", "\"" + "x".repeat(129) + "\""),
    HASH(
        RejectionReason.INVALID_HASH,
        "\"outcome\"",
        "\"context\":{\"input_hash\":\"" + SECRET + "\"},\"outcome\""),
    CONTROL(RejectionReason.INVALID_CHARACTER, "greeting", "greeting\\u0000"),
    NOT_JSON(RejectionReason.NOT_JSON, "{\"execution_id\"", SECRET),
    TRUNCATED(RejectionReason.NOT_JSON, "\"}", ""),
    NOT_UTF8(RejectionReason.NOT_UTF8, "greeting", "\u00ff");

    final RejectionReason reason;
    final String good;
    final String broken;

    Damage(RejectionReason reason, String good, String broken) {
      this.reason = reason;
      this.good = good;
      this.broken = broken;
    }

    byte[] apply(String record) {
      assertThat(record).contains(good);
      String damaged = record.replace(good, broken);
      return damaged.getBytes(
          this == NOT_UTF8 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    }
  }

  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  @TempDir Path directory;

  @Test
  void goodRecordsCountAndBrokenOnesAreDeadLetters() throws Exception {
    Map<RejectionReason, Long> expected = new EnumMap<>(RejectionReason.class);
    Path file = directory.resolve("records.jsonl");
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < BROKEN; i++) {
        Damage damage = Damage.values()[i % Damage.values().length];
        String record = GOOD.formatted(i, i / 200, i / 4 % 60);
        write(out, record.getBytes(StandardCharsets.UTF_8));
        write(out, damage.apply(record));
        expected.merge(damage.reason, 1L, Long::sum);
      }
    }
    List<String> log = new ArrayList<>();
    AbstractAppender appender = new LogText(log);
    LoggerContext context = (LoggerContext) LogManager.getContext(false);
    appender.start();
    context.getConfiguration().getRootLogger().addAppender(appender, Level.ALL, null);
    context.getConfiguration().getRootLogger().setLevel(Level.INFO);
    Configurator.setLevel("io.promptmonitor", Level.ALL);
    context.updateLoggers();
    MonitorSummary summary;
    try {
      summary = MonitorRunner.run(MonitorConfig.defaults(), POSTGRES.database(), List.of(file));
    } finally {
      context.reconfigure();
    }

    assertThat(summary.records()).isEqualTo(2 * BROKEN);
    assertThat(summary.rejected()).isEqualTo(expected);
    assertThat(summary.count(JobMetric.RAW_TEXT_STRIPPED)).isGreaterThanOrEqualTo(BROKEN);
    assertThat(
            POSTGRES.query(
                "SELECT sum(execution_count) FROM window_metrics WHERE window_size = '1m'"))
        .isEqualTo(String.valueOf(BROKEN));
    assertThat(POSTGRES.query("SELECT reason, count(*) FROM dead_letter GROUP BY 1 ORDER BY 1"))
        .isEqualTo(
            expected.entrySet().stream()
                .map(entry -> entry.getKey().code() + "|" + entry.getValue())
                .sorted()
                .collect(Collectors.joining("\n")));
    assertThat(
            POSTGRES.query(
                "SELECT count(*) FROM dead_letter WHERE position % 2 = 0 AND length > 0"
                    + " AND length(sha256) = 64 AND source = '"
                    + file
                    + "'"))
        .isEqualTo(String.valueOf(BROKEN));
    assertThat(log).isNotEmpty().noneMatch(line -> line.contains(SECRET));
    assertThat(everythingStored()).noneMatch(text -> text.contains(SECRET));
  }

  private static void write(OutputStream out, byte[] record) throws IOException {
    out.write(record);
    out.write('\n');
  }

  /** Every row of every table as text, and the bytes in it as Latin-1. */
  private static List<String> everythingStored() throws Exception {
    List<String> stored = new ArrayList<>();
    try (Connection connection = POSTGRES.database().connect();
        Statement tables = connection.createStatement();
        Statement rows = connection.createStatement()) {
      ResultSet names =
          tables.executeQuery(
              "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables"
                  + " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')");
      while (names.next()) {
        ResultSet row = rows.executeQuery("SELECT t::text FROM " + names.getString(1) + " t");
        while (row.next()) {
          String text = row.getString(1);
          stored.add(text);
          for (String part : text.split("\\\\x|[^0-9a-f]", -1)) {
            if (part.length() > 32 && part.length() % 2 == 0) {
              stored.add(new String(HexFormat.of().parseHex(part), StandardCharsets.ISO_8859_1));
            }
          }
        }
      }
    }
    assertThat(stored).hasSizeGreaterThan(BROKEN);
    return stored;
  }

  /** Keeps what is logged. */
  private static final class LogText extends AbstractAppender {
    private final List<String> lines;

    LogText(List<String> lines) {
      super("text", null, null, true, Property.EMPTY_ARRAY);
      this.lines = lines;
    }

    @Override
    public void append(LogEvent event) {
      synchronized (lines) {
        lines.add(event.getMessage().getFormattedMessage() + " " + event.getThrown());
      }
    }
  }
}
