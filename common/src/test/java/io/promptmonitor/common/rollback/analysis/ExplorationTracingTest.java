package io.promptmonitor.common.rollback.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptmonitor.common.conditions.Baselines;
import io.promptmonitor.common.encoding.RecordJson;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.registry.Exploration;
import io.promptmonitor.common.registry.Exploration.Alternative;
import io.promptmonitor.common.registry.Exploration.ExplorationDecision;
import io.promptmonitor.common.registry.VersionDefinitionJson;
import io.promptmonitor.common.rollback.RollbackJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ExplorationTracingTest {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Baselines EXPECTED =
      metric -> metric == Metric.SUCCESS_RATE ? (Double) 0.95 : null;

  /** The exploration of the specification's example, as it is registered. */
  private static final Exploration EXPLORATION =
      Objects.requireNonNull(
          VersionDefinitionJson.read(resource("/registry/full.json")).exploration());

  private static final PostRollbackAnalysis.Spans SPANS =
      new PostRollbackAnalysis.Spans(
          Executions.span(2_000, 40, 800, 4),
          Executions.span(400, 160, 800, 1),
          Executions.span(500, 9, 800, 4));

  @Test
  void theSpecificationsExample() throws Exception {
    ExplorationMapping mapping =
        new ExplorationMapping(
            new Degradation("accuracy", 0.85, 0.95),
            EXPLORATION.path(),
            EXPLORATION.decisions(),
            List.of(
                "Failures cluster around complex inputs",
                "Complexity-adaptive is triggering full expansion too often",
                "Constitutional constraints conflicting with technical accuracy"),
            List.of(
                "Try alternative path B → B.2 (Self-Consistency)",
                "Adjust complexity threshold for adaptive branching",
                "Add calibration entry for CoT + Constitutional combo"));
    assertThat(pretty(mapping)).isEqualTo(resource("/rollback/mapping-of-the-specification.json"));
  }

  @Test
  void anIncidentOfThatVersion() throws Exception {
    PostRollbackAnalysis analysis =
        analysis(
            new FailureCounts(FailureDimension.BRANCH, "full_expansion", 200, 152),
            new FailureCounts(FailureDimension.BRANCH, "brief", 200, 8),
            new FailureCounts(FailureDimension.TOKEN_LENGTH, "2000-4999", 150, 120),
            new FailureCounts(FailureDimension.TOKEN_LENGTH, "1000-1999", 250, 40));
    assertThat(pretty(analysis.performanceToExplorationMapping()))
        .isEqualTo(resource("/rollback/mapping-of-an-incident.json"));
    assertThat(analysis.depthEvidence().get(1).evidence()).isEmpty();
    assertThat(analysis.depthEvidence().get(2).evidence())
        .hasSize(2)
        .allMatch(evidence -> evidence.contains("times as often as with the healthy version"));
    assertThat(analysis.recommendations())
        .extracting(Recommendation::text)
        .isEqualTo(analysis.performanceToExplorationMapping().recommendations());
    assertThat(analysis.recommendations()).allMatch(r -> !r.evidence().isEmpty());
  }

  @Test
  void refusalsPointToTheConstraints() {
    PostRollbackAnalysis analysis =
        analysis(new FailureCounts(FailureDimension.ERROR_TYPE, "policy_refusal", 400, 160));
    assertThat(analysis.recommendations().get(0).action())
        .isEqualTo(
            "Try the alternative Self-Consistency (7.8) after root → B instead of \"Constitutional"
                + " Safety\" at depth 1");
  }

  @Test
  void whatFitsNoDecisionLeadsToNone() {
    PostRollbackAnalysis analysis =
        analysis(new FailureCounts(FailureDimension.ERROR_TYPE, "upstream_502", 400, 160));
    assertThat(analysis.failureCorrelation().findings()).hasSize(1);
    assertThat(analysis.depthEvidence()).allMatch(depth -> depth.evidence().isEmpty());
    assertThat(analysis.recommendations())
        .extracting(Recommendation::action)
        .containsExactly(
            "Add a calibration entry for Chain of Thought + Constitutional Safety +"
                + " Complexity-Adaptive");
  }

  @Test
  void withoutAnExplorationThereIsStillAnAnalysis() {
    PostRollbackAnalysis analysis =
        PostRollbackAnalysis.of(
            Metric.ERROR_RATE,
            null,
            Baselines.unknown(),
            SPANS,
            failures(160),
            failures(2_000, 40));
    assertThat(analysis.performanceToExplorationMapping().tree().get("exploration_analysis"))
        .hasToString("{}");
    assertThat(analysis.recommendations()).isEmpty();
    assertThat(analysis.whatChanged()).isNotEmpty();
  }

  @Test
  void anIssueThatNobodyForesawIsNamedByTheEvidence() {
    Exploration bare =
        new Exploration(
            null,
            List.of(),
            null,
            List.of(
                new ExplorationDecision(
                    "JSON schema",
                    List.of(new Alternative("Free text", null), new Alternative("Tags", 6.0)),
                    null,
                    null),
                new ExplorationDecision("Persona", List.of(), null, null)));
    ExplorationTracing tracing =
        ExplorationTracing.of(
            new Degradation("error_rate", 0.4, null),
            bare,
            Baselines.unknown(),
            List.of(),
            FailureCorrelation.of(
                failures(160)
                    .with(
                        List.of(
                            new FailureCounts(
                                FailureDimension.ERROR_TYPE, "parse_error", 400, 160))),
                failures(2_000, 40)));
    assertThat(tracing.mapping().decisions().get(0).potentialIssue())
        .startsWith("May have to do with error type \"parse_error\": 160 of 400 failed");
    assertThat(tracing.mapping().decisions().get(1).potentialIssue()).isNull();
    assertThat(tracing.recommendations().get(0).action())
        .isEqualTo("Try the alternative Tags (6) instead of \"JSON schema\" at depth 0");
  }

  @Test
  void theAnalysisHasTheKeysOfTheTables() throws Exception {
    JsonNode json = MAPPER.readTree(RollbackJson.write(analysis()));
    assertThat(json.fieldNames())
        .toIterable()
        .containsExactly(
            "what_changed",
            "failure_correlation",
            "performance_to_exploration_mapping",
            "depth_evidence",
            "recommendations");
    assertThat(json.get("what_changed").get(0).fieldNames())
        .toIterable()
        .containsExactly(
            "metric",
            "before",
            "failing",
            "after",
            "failing_versus_before",
            "after_versus_failing",
            "after_versus_before",
            "text");
    assertThat(json.at("/what_changed/0/failing_versus_before/verdict").textValue())
        .isEqualTo("worse");
    assertThat(json.findValues("delta").get(0).doubleValue()).isEqualTo(0.38);
    assertThat(json.toString()).doesNotContain("NaN").doesNotContain("Infinity");
  }

  private static PostRollbackAnalysis analysis(FailureCounts... counts) {
    return PostRollbackAnalysis.of(
        Metric.ERROR_RATE,
        EXPLORATION,
        EXPECTED,
        SPANS,
        failures(160).with(List.of(counts)),
        failures(2_000, 40)
            .with(
                List.of(
                    new FailureCounts(FailureDimension.BRANCH, "full_expansion", 500, 12),
                    new FailureCounts(FailureDimension.BRANCH, "brief", 1_500, 28),
                    new FailureCounts(FailureDimension.TOKEN_LENGTH, "2000-4999", 400, 9),
                    new FailureCounts(FailureDimension.TOKEN_LENGTH, "1000-1999", 1_600, 31))));
  }

  private static VersionFailures failures(long failures) {
    return failures(400, failures);
  }

  private static VersionFailures failures(long executions, long failures) {
    return new VersionFailures(executions, failures, List.of());
  }

  private static String pretty(ExplorationMapping mapping) throws IOException {
    DefaultPrettyPrinter lines = new DefaultPrettyPrinter();
    return new String(
            MAPPER.writer(lines).writeValueAsBytes(MAPPER.readTree(RecordJson.write(mapping))),
            StandardCharsets.UTF_8)
        + "\n";
  }

  private static String resource(String path) {
    try (InputStream in = ExplorationTracingTest.class.getResourceAsStream(path)) {
      return new String(Objects.requireNonNull(in, path).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(path, e);
    }
  }
}
