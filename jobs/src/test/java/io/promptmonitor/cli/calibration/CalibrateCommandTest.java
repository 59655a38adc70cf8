package io.promptmonitor.cli.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.common.calibration.Correction;
import io.promptmonitor.common.calibration.Heuristic;
import io.promptmonitor.common.registry.Exploration;
import io.promptmonitor.common.registry.Performance;
import io.promptmonitor.common.registry.PromptHash;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RollbackPolicy;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.registry.CalibrationHeuristics;
import io.promptmonitor.registry.PostgresPromptRegistry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command on days of versions whose bias is known. */
class CalibrateCommandTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static final LocalDate START = LocalDate.of(2026, 3, 2);
  private static final int DAYS = 14;
  private static final String[] SPAN = {"--from", "2026-03-02", "--to", "2026-03-15"};

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path directory;

  @BeforeEach
  void clear() {
    postgres.execute(
        """
        SET session_replication_role = replica;
        TRUNCATE window_metrics, registry_event, prompt_version, prompt, calibration_result,
            calibration_heuristic, calibrated_prediction
        """);
  }

  private int calibrate(String... more) {
    List<String> arguments = new ArrayList<>(List.of("calibrate", "--db", postgres.url()));
    arguments.addAll(List.of(more));
    return run(arguments);
  }

  private int run(List<String> arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return PromptMon.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments.toArray(String[]::new));
  }

  private static String[] with(String... more) {
    List<String> all = new ArrayList<>(List.of(SPAN));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private static void register(String prompt, @Nullable Double predicted, String... techniques) {
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(postgres.database())) {
      registry.register(
          prompt,
          new VersionDefinition(
              SemanticVersion.parse("1.0.0"),
              PromptHash.of("text"),
              null,
              null,
              new Exploration("root", List.of(techniques), "high", List.of()),
              new Performance(predicted, null, null, null),
              RollbackPolicy.defaults(),
              null),
          "text");
    }
  }

  /** A day's row with 20 ratings and 30 scores that have the mean {@code quality}. */
  private static String day(String prompt, int day, double quality) {
    return """
        SET timezone = 'UTC';
        INSERT INTO window_metrics (prompt_id, prompt_version, window_size, window_start, window_end, is_final, revision, execution_count,
            success_count, failure_count, total_tokens, feedback_count, avg_user_feedback, automated_score_count, avg_automated_score,
            errors_by_type, top_errors, branch_distribution, model_distribution)
        VALUES ('%1$s', '1.0.0', '24h', date '%2$s', date '%2$s' + interval '1 day', true, 1, 100, 100, 0, 30, 20, %3$s, 30, %4$s,
            '{}', '[]', '{}', '{}');
        """
        .formatted(prompt, START.plusDays(day), 1 + quality * 0.4, quality);
  }

  /** Six versions with CoT that are two points too good, six with Few-Shot that are right. */
  private static void fill() {
    SplittableRandom random = new SplittableRandom(7);
    StringBuilder days = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      boolean wrong = i % 2 == 0;
      String prompt = "p" + i;
      register(prompt, 8.0, wrong ? "CoT" : "Few-Shot");
      double own = (wrong ? 6 : 8) + 0.2 * random.nextGaussian();
      for (int day = 0; day < DAYS; day++) {
        double drift = i == 1 && day >= 9 ? -1.5 : 0;
        days.append(day(prompt, day, own + drift + 0.1 * random.nextGaussian()));
      }
    }
    register("unrated", 5.0, "CoT");
    postgres.execute(days + day("unpredicted", 3, 5));
  }

  @Test
  void findsWhatIsWrongAndAnOperatorPutsItRight() throws Exception {
    fill();

    assertThat(calibrate(SPAN)).as(err.toString()).isZero();
    String text = out.toString();
    assertThat(text)
        .startsWith("Predicted against actual quality, 2026-03-02 to 2026-03-15")
        .contains("12 versions with 8,400 ratings and scores compared")
        .contains("1 version without a predicted quality")
        .containsPattern("p1@1.0.0 .*since 2026-03-11: ")
        .containsPattern("CoT +6 .*minor drift|CoT +6 .*significant drift")
        .containsPattern("Few-Shot +6 .*well calibrated")
        .containsPattern("CoT +6 .*→ .* \\+1\\.00  clear, and better")
        .contains("1 correction of predictions proposed")
        .endsWith(
            "to put them in force: promptmon calibrate --from 2026-03-02 --to 2026-03-15 --apply\n");
    String rows = "SELECT count(*), min(revision), max(revision) FROM calibration_result";
    assertThat(postgres.query(rows)).endsWith("|1|1");
    assertThat(
            postgres.query(
                "SELECT versions, proposal, proposed_correction, status <> 'well_calibrated'"
                    + " FROM calibration_result WHERE scope = 'technique' AND subject = 'CoT'"))
        .isEqualTo("6|correct|1|t");

    // The same span again replaces its rows, and applies what is proposed.
    assertThat(calibrate(with("--apply", "--json", "--reason", "weekly"))).isZero();
    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.get("applied_version").asInt()).isEqualTo(1);
    assertThat(json.get("results").get(0).get("scope").asText()).isEqualTo("overall");
    assertThat(postgres.query(rows)).endsWith("|2|2");
    assertThat(postgres.query("SELECT techniques, correction FROM calibration_correction"))
        .isEqualTo("{CoT}|1");
    assertThat(
            postgres.query("SELECT applied_by = session_user, reason FROM calibration_heuristic"))
        .isEqualTo("t|weekly");

    // A later version is predicted with it, beside what it declares.
    Path file =
        Files.writeString(
            directory.resolve("v.yaml"),
            """
            PromptVersion:
              version_id: "1.0.0"
              prompt_text: "text"
              exploration: { path: "root", techniques: ["CoT"], complexity: "high" }
              performance: { predicted_quality: 7.5 }
            """);
    assertThat(
            run(
                List.of(
                    "registry", "register", "next", "-f", file.toString(), "--db", postgres.url())))
        .as(err.toString())
        .isZero();
    assertThat(out.toString())
        .endsWith(
            "predicted quality: 7.50 as declared, 6.50 with the corrections in force (version 1)\n");
    assertThat(
            postgres.query(
                "SELECT v.predicted_quality, p.predicted_quality, p.corrected_quality"
                    + " FROM registered_version v JOIN calibrated_prediction p USING (prompt_id)"
                    + " WHERE prompt_id = 'next'"))
        .isEqualTo("7.5|7.5|6.5");
    assertThat(postgres.query("SELECT count(*) FROM calibrated_prediction")).isEqualTo("1");
  }

  @Test
  void whereThereIsNothingToCompareTheResultSaysSo() {
    assertThat(calibrate(SPAN)).isZero();
    assertThat(out.toString())
        .isEqualTo("nothing to compare from 2026-03-02 to 2026-03-15: no version had executions\n");

    register("one", 8.0);
    postgres.execute(day("one", 0, 5) + day("unpredicted", 3, 5));
    assertThat(calibrate(with("--apply"))).isZero();
    assertThat(out.toString())
        .contains("1 version with 50 ratings and scores compared")
        .contains("rank correlation unknown", "fewer than 3 days")
        .contains("no correction of predictions is proposed")
        .endsWith("there is nothing to apply\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "--from yesterday | 'yesterday' is not a day: expected one like 2026-01-31",
        "--from 2026-03-02 --to 2026-03-01 | --from 2026-03-02 is after --to 2026-03-01",
        "--reason why | --reason goes with --apply only",
      })
  void badUsageIsOneLine(String options, String message) {
    assertThat(calibrate(options.split(" "))).isEqualTo(PromptMon.EXIT_USAGE);
    assertThat(err.toString()).contains(message).hasLineCount(1);
  }

  @Test
  void aDatabaseThatIsAwayIsOneLine() {
    assertThat(run(List.of("calibrate", "--db", "postgresql://a:b@127.0.0.1:1/x")))
        .isEqualTo(PromptMon.EXIT_PROBLEM);
    assertThat(err.toString()).contains("cannot connect to").hasLineCount(1);
  }

  @Test
  void theDatabaseCorrectsAsJavaDoes() {
    List<String> names = List.of("A", "B", "C", "D");
    SplittableRandom random = new SplittableRandom(3);
    try (CalibrationHeuristics heuristics = new CalibrationHeuristics(postgres.database())) {
      assertThat(heuristics.current()).isEqualTo(Heuristic.NONE);
      List<Correction> corrections =
          List.of(
              new Correction(List.of("A"), 1),
              new Correction(List.of("A", "B"), -0.5),
              new Correction(List.of("B"), 0.25),
              new Correction(List.of("A", "B", "C"), 0.75),
              new Correction(List.of("C"), -1));
      Heuristic applied = heuristics.apply(0, corrections, START, START, null);
      assertThat(heuristics.current().version()).isEqualTo(1);
      assertThat(heuristics.current().corrections())
          .containsExactlyInAnyOrderElementsOf(corrections);
      for (int i = 0; i < 50; i++) {
        List<String> techniques =
            names.stream().filter(name -> random.nextBoolean()).sorted().toList();
        double declared = Math.round(random.nextDouble(10) * 100) / 100.0;
        String array = "ARRAY[" + quoted(techniques) + "]::text[]";
        assertThat(
                Double.parseDouble(
                    postgres.query("SELECT calibration_correct(" + declared + ", " + array + ")")))
            .as(techniques.toString())
            .isCloseTo(applied.correct(declared, techniques), within(1e-9));
      }
      assertThatThrownBy(() -> heuristics.apply(0, List.of(), START, START, null))
          .isInstanceOf(RegistryException.class)
          .hasMessageContaining("version 1 of the heuristic was applied by");
      assertThatThrownBy(
              () ->
                  heuristics.apply(
                      1, List.of(new Correction(List.of("A"), 2.5)), START, START, null))
          .hasMessageContaining("a step of more than 1 for A");
      assertThatThrownBy(
              () ->
                  heuristics.apply(
                      1,
                      List.of(new Correction(List.of("A"), 1.5), new Correction(List.of("A"), 1.5)),
                      START,
                      START,
                      null))
          .hasMessageContaining("A more than once");
      assertThat(heuristics.apply(1, List.of(), START, START, null).version()).isEqualTo(2);
      assertThat(heuristics.current()).isEqualTo(new Heuristic(2, List.of()));
    }
    assertThatThrownBy(
            () -> postgres.execute("UPDATE promptmon.calibration_heuristic SET reason = 'x'"))
        .hasStackTraceContaining("is never rewritten");
  }

  private static String quoted(List<String> names) {
    return String.join(", ", names.stream().map(name -> "'" + name + "'").toList());
  }
}
