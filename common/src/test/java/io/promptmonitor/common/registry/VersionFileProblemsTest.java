package io.promptmonitor.common.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.promptmonitor.common.config.ConfigException;
import io.promptmonitor.common.config.ConfigReader;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a person is told about a version file that is wrong. */
class VersionFileProblemsTest {

  /** The hash of the text in full.yaml. */
  private static final String HASH =
      "a259e93035fb1afefc19b5f0052db78b1de91c710d9c19370cc158c830b04e5b";

  @ParameterizedTest
  @MethodSource("changes")
  void oneChangeOfAFileThatIsRight(String right, String wrong, List<String> lines) {
    String file = VersionFiles.text("full.yaml");
    int place = file.indexOf(right);
    assertThat(place).as(right).isNotNegative();
    String changed = file.substring(0, place) + wrong + file.substring(place + right.length());

    assertProblems(changed, lines.toArray(String[]::new));
  }

  private static Stream<Arguments> changes() {
    return Stream.of(
        arguments(
            "version_id: 1.0.0 ",
            "version_id: 1.0 ",
            List.of(
                "f.yaml:5:15: PromptVersion.version_id: expected a semantic version such as 1.2.0 or 2.0.0-rc.1, found \"1.0\"")),
        arguments(
            "version_id: \"1.0.0\"",
            "version_id: \"1.0.1\"",
            List.of(
                "f.yaml:43:17: deployment_specification.version_control.version_id: is 1.0.1, but PromptVersion.version_id is 1.0.0")),
        arguments(
            "    expected_latency_p50: 800\n",
            "    expected_latency_p50: 5%\n",
            List.of(
                "f.yaml:51:27: deployment_specification.performance_baseline.expected_latency_p50: the unit \"%\" does not fit a latency; expected ms, s or none")),
        arguments(
            "    expected_accuracy: 0.95",
            "    expected_accuracy: 95ms",
            List.of(
                "f.yaml:50:24: deployment_specification.performance_baseline.expected_accuracy: the unit \"ms\" does not fit a rate; expected % or none")),
        arguments(
            "    expected_accuracy: 0.95",
            "    expected_accuracy: 95",
            List.of(
                "f.yaml:50:24: deployment_specification.performance_baseline.expected_accuracy: must be a rate from 0 to 1, found 95; did you mean 95%?")),
        arguments(
            "    expected_latency_p95: 1500",
            "    expected_latency_p95: 1.5sec",
            List.of(
                "f.yaml:52:27: deployment_specification.performance_baseline.expected_latency_p95: unknown unit \"sec\"; expected ms, s or none")),
        arguments(
            "    expected_latency_p95: 1500",
            "    expected_latency_p95: 0",
            List.of(
                "f.yaml:52:27: deployment_specification.performance_baseline.expected_latency_p95: must be above 0")),
        arguments(
            "predicted_quality: 8.2",
            "predicted_quality: 82",
            List.of(
                "f.yaml:32:24: PromptVersion.performance.predicted_quality: must be a quality from 0 to 10, found 82")),
        arguments(
            "predicted_quality: 8.2",
            "predicted_quality: \"8.2\"",
            List.of(
                "f.yaml:32:24: PromptVersion.performance.predicted_quality: expected a number, found the text \"8.2\"")),
        arguments(
            "predicted_quality: 8.2",
            "predicted_quality: 8.2%",
            List.of(
                "f.yaml:32:24: PromptVersion.performance.predicted_quality: the unit \"%\" does not fit a quality; expected no unit")),
        arguments(
            "token_budget_max: 1200",
            "token_budget_max: 1200 tokens",
            List.of(
                "f.yaml:54:23: deployment_specification.performance_baseline.token_budget_max: unknown unit \"tokens\"; expected no unit")),
        arguments(
            "token_budget_max: 1200",
            "token_budgt_max: 1200",
            List.of(
                "f.yaml:54:5: deployment_specification.performance_baseline.token_budgt_max: unknown key; did you mean \"token_budget_max\"?")),
        arguments(
            "    prompt_hash: \"a2",
            "    hash: \"a2",
            List.of(
                "f.yaml:43:5: deployment_specification.version_control: \"prompt_hash\" is missing; the hash of the prompt's text is "
                    + HASH,
                "f.yaml:44:5: deployment_specification.version_control.hash: unknown key; expected one of version_id, prompt_hash, created_at, exploration_path, rollback_reference")),
        arguments(
            "    prompt_hash: \"a259",
            "    prompt_hash: \"b259",
            List.of(
                "f.yaml:44:18: deployment_specification.version_control.prompt_hash: is not the hash of the prompt's text, which is "
                    + HASH)),
        arguments(
            "  prompt_hash: a259",
            "  prompt_hash: b259",
            List.of(
                "f.yaml:14:16: PromptVersion.prompt_hash: is not the hash of the prompt's text, which is "
                    + HASH)),
        arguments(
            "  prompt_hash: " + HASH,
            "  prompt_hash: {hash}",
            List.of(
                "f.yaml:14:16: PromptVersion.prompt_hash: is still a placeholder; expected a SHA-256, 64 hexadecimal digits, found \"{hash}\"; the hash of the prompt's text is "
                    + HASH)),
        arguments(
            "    prompt_hash: \"" + HASH + "\"",
            "    prompt_hash: \"{hash}\"",
            List.of(
                "f.yaml:44:18: deployment_specification.version_control.prompt_hash: is still a placeholder; expected a SHA-256, 64 hexadecimal digits, found \"{hash}\"; the hash of the prompt's text is "
                    + HASH)),
        arguments(
            "created_at: \"2026-01-31 12:00:00\"",
            "created_at: \"YYYY-MM-DD HH:MM:SS\"",
            List.of(
                "f.yaml:45:17: deployment_specification.version_control.created_at: is still a placeholder; expected a time such as 2026-01-31T12:00:00Z, or \"2026-01-31 12:00:00\" which is UTC, found \"YYYY-MM-DD HH:MM:SS\"")),
        arguments(
            "created_at: \"2026-01-31 12:00:00\"",
            "created_at: \"2026-01-31 12:00:01\"",
            List.of(
                "f.yaml:45:17: deployment_specification.version_control.created_at: is 2026-01-31T12:00:01Z, but PromptVersion.created_at is 2026-01-31T12:00:00Z")),
        arguments(
            "created_at: 2026-01-31T12:00:00Z",
            "created_at: 2026-01-31T12:00:00",
            List.of(
                "f.yaml:15:15: PromptVersion.created_at: expected a time such as 2026-01-31T12:00:00Z, or \"2026-01-31 12:00:00\" which is UTC, found \"2026-01-31T12:00:00\"")),
        arguments(
            "created_by: jane.doe",
            "created_by: \" \"",
            List.of("f.yaml:16:15: PromptVersion.created_by: must not be empty")),
        arguments(
            "status: staged",
            "status: stagged",
            List.of(
                "f.yaml:19:13: PromptVersion.deployment.status: unknown value \"stagged\"; did you mean \"staged\"?")),
        arguments(
            "deployed_at: null",
            "deployed_at: yesterday",
            List.of(
                "f.yaml:20:18: PromptVersion.deployment.deployed_at: expected a time such as 2026-01-31T12:00:00Z, or \"2026-01-31 12:00:00\" which is UTC, found \"yesterday\"")),
        arguments(
            "    path: \"root → B → B.1 → B.1.2\"",
            "    path: \"root → A\"",
            List.of(
                "f.yaml:46:23: deployment_specification.version_control.exploration_path: is root → B → B.1 → B.1.2, but PromptVersion.exploration.path is root → A",
                "f.yaml:92:21: exploration_analysis.exploration_path: is root → B → B.1 → B.1.2, but PromptVersion.exploration.path is root → A")),
        arguments(
            "    reference: null",
            "    reference: 1.0.0",
            List.of(
                "f.yaml:38:16: PromptVersion.rollback.reference: is the version itself; expected the version to go back to, or null for the one that it replaces")),
        arguments(
            "    reference: null",
            "    reference: previous",
            List.of(
                "f.yaml:38:16: PromptVersion.rollback.reference: expected a semantic version such as 1.2.0 or 2.0.0-rc.1, found \"previous\"")),
        arguments(
            "rollback_reference: null",
            "rollback_reference: 1.0.0",
            List.of(
                "f.yaml:47:25: deployment_specification.version_control.rollback_reference: is the version itself; expected the version to go back to, or null for the one that it replaces")),
        arguments(
            "  prompt_text: |\n    You",
            "  prompt_text: \"a\\0b\"\n  x: |\n    You",
            List.of(
                "f.yaml:6:16: PromptVersion.prompt_text: must not contain the character U+0000",
                "f.yaml:7:3: PromptVersion.x: unknown key; expected one of version_id, prompt_text, prompt_hash, deployment, created_at, created_by, exploration, performance, rollback")),
        arguments(
            "  prompt_text: |\n    You",
            "  x: |\n    You",
            List.of(
                "f.yaml:5:3: PromptVersion: \"prompt_text\" is missing",
                "f.yaml:6:3: PromptVersion.x: unknown key; expected one of version_id, prompt_text, prompt_hash, deployment, created_at, created_by, exploration, performance, rollback")),
        arguments(
            "  prompt_text: |\n    You",
            "  prompt_text: \"\\ud800\"\n  x: |\n    You",
            List.of(
                "f.yaml:6:16: PromptVersion.prompt_text: must not contain half of a surrogate pair, which is no character",
                "f.yaml:7:3: PromptVersion.x: unknown key; expected one of version_id, prompt_text, prompt_hash, deployment, created_at, created_by, exploration, performance, rollback")),
        arguments(
            "created_by: jane.doe",
            "created_by: \"jane\\ndoe\"",
            List.of(
                "f.yaml:16:15: PromptVersion.created_by: must be one line without control characters")),
        arguments(
            "baseline_accuracy: 0.95",
            "baseline_accuracy: -5%",
            List.of(
                "f.yaml:33:24: PromptVersion.performance.baseline_accuracy: must be a rate from 0 to 1, found -5%")),
        arguments(
            "calibration_drift > 2.0",
            "latency_p95 > 5%",
            List.of(
                "f.yaml:73:25: deployment_specification.rollback_triggers.manual_review[0]: the unit \"%\" does not fit a latency such as latency_p95; expected ms, s or no unit")),
        arguments(
            "      warning: 0.03",
            "      warning: 30ms",
            List.of(
                "f.yaml:59:16: deployment_specification.alert_thresholds.error_rate.warning: the unit \"ms\" does not fit a rate; expected % or none")),
        arguments(
            "prompt_id: billing-support",
            "prompt: billing-support",
            List.of(
                "f.yaml:2:1: prompt: unknown key; expected one of prompt_id, PromptVersion, exploration_analysis, deployment_specification")),
        arguments(
            "auto_rollback_enabled: true",
            "auto_rollback_enabled: yes",
            List.of(
                "f.yaml:39:28: PromptVersion.rollback.auto_rollback_enabled: expected true or false, found \"yes\"")),
        arguments(
            "    error_rate:\n",
            "    error_rat:\n",
            List.of(
                "f.yaml:58:5: deployment_specification.alert_thresholds.error_rat: unknown metric; did you mean \"error_rate\"?")),
        arguments(
            "    error_rate:\n",
            "    execution_count:\n",
            List.of(
                "f.yaml:58:5: deployment_specification.alert_thresholds.execution_count: cannot have a threshold, because neither more nor less of it is worse; expected one of success_count, failure_count, success_rate, error_rate, latency_p50, latency_p95, latency_p99, latency_avg, avg_input_tokens, avg_output_tokens, avg_total_tokens, total_tokens, avg_user_feedback, user_feedback_negative_rate, avg_automated_score, avg_calibration_delta, consistency_rate")),
        arguments(
            "    error_rate:\n",
            "    errors_by_type:\n",
            List.of(
                "f.yaml:58:5: deployment_specification.alert_thresholds.errors_by_type: is not a number and cannot have a threshold")),
        arguments(
            "      warning: 0.03",
            "      warning: 0.06",
            List.of(
                "f.yaml:59:16: deployment_specification.alert_thresholds.error_rate.warning: must be below critical, because a higher error_rate is worse")),
        arguments(
            "      warning: 0.97",
            "      warning: 0.9",
            List.of(
                "f.yaml:65:16: deployment_specification.alert_thresholds.success_rate.warning: must be above critical, because a lower success_rate is worse")),
        arguments(
            "      warning: 0.97\n      critical: 0.95\n",
            "",
            List.of(
                "f.yaml:64:18: deployment_specification.alert_thresholds.success_rate: \"warning\" or \"critical\" is missing")),
        arguments(
            "error_rate > 0.10 for",
            "eror_rate > 0.10 for",
            List.of(
                "f.yaml:70:10: deployment_specification.rollback_triggers.automatic[0]: unknown metric \"eror_rate\"; did you mean \"error_rate\"?")),
        arguments(
            "latency_p95 > 3000 for 30 minutes",
            "latency_p95 > 3000s for 30 mintes",
            List.of(
                "f.yaml:75:37: deployment_specification.rollback_triggers.manual_review[2]: unknown unit of time \"mintes\"; did you mean \"minutes\"?")),
        arguments(
            "success_rate < 0.85 for 10 minutes",
            "error_rate > 0.10 for 5 minutes",
            List.of(
                "f.yaml:71:9: deployment_specification.rollback_triggers.automatic[1]: \"error_rate > 0.10 for 5 minutes\" is given twice, first as deployment_specification.rollback_triggers.automatic[0]")),
        arguments(
            "- token_usage",
            "- token_usge",
            List.of(
                "f.yaml:83:9: deployment_specification.monitoring.metrics_to_track[4]: unknown metric \"token_usge\"; did you mean \"token_usage\"?")),
        arguments(
            "- token_usage",
            "- success_rate",
            List.of(
                "f.yaml:83:9: deployment_specification.monitoring.metrics_to_track[4]: \"success_rate\" is given twice, first as deployment_specification.monitoring.metrics_to_track[2]")),
        arguments(
            "- slack",
            "- \"#slack\"",
            List.of(
                "f.yaml:87:9: deployment_specification.monitoring.alerting_channels[0]: expected the name of a channel, such as slack or on-call: small letters, digits, _ and -, beginning with a letter; found \"#slack\"")),
        arguments(
            "report_schedule: daily",
            "report_schedule: dayly",
            List.of(
                "f.yaml:89:22: deployment_specification.monitoring.report_schedule: unknown value \"dayly\"; did you mean \"daily\"?")),
        arguments(
            "depth_1_decision",
            "depth_3_decision",
            List.of(
                "f.yaml:101:5: exploration_analysis.depth_3_decision: \"depth_1_decision\" is missing before it",
                "f.yaml:107:5: exploration_analysis.depth_2_decision: \"depth_1_decision\" is missing before it")),
        arguments(
            "Few-Shot (7.3)",
            "Few-Shot (73)",
            List.of(
                "f.yaml:96:20: exploration_analysis.depth_0_decision.alternatives[0]: a score must be from 0 to 10, found 73")),
        arguments(
            "Few-Shot (7.3)",
            "Zero-Shot (7.3)",
            List.of(
                "f.yaml:96:39: exploration_analysis.depth_0_decision.alternatives[1]: \"Zero-Shot\" is given twice, first as exploration_analysis.depth_0_decision.alternatives[0]")),
        arguments(
            "    selected: \"Chain of Thought\"\n",
            "",
            List.of("f.yaml:95:5: exploration_analysis.depth_0_decision: \"selected\" is missing")),
        arguments(
            "deployment_specification:",
            "deployment_spec:",
            List.of(
                "f.yaml:41:1: deployment_spec: unknown key; expected one of prompt_id, PromptVersion, exploration_analysis, deployment_specification")),
        arguments(
            "PromptVersion:",
            "prompt_version:",
            List.of(
                "f.yaml:2:1: \"PromptVersion\" is missing",
                "f.yaml:4:1: prompt_version: unknown key; did you mean \"PromptVersion\"?")),
        arguments(
            "      - Constitutional Safety",
            "      - Chain of Thought",
            List.of(
                "f.yaml:27:9: PromptVersion.exploration.techniques[1]: \"Chain of Thought\" is given twice, first as PromptVersion.exploration.techniques[0]")),
        arguments(
            "  version_control:\n",
            "  version_controls:\n",
            List.of(
                "f.yaml:42:3: deployment_specification: \"version_control\" is missing",
                "f.yaml:42:3: deployment_specification.version_controls: unknown key; did you mean \"version_control\"?")));
  }

  @Test
  void referencesThatDisagree() {
    assertProblems(
        """
        PromptVersion:
          version_id: 1.0.0
          prompt_text: Hello
          rollback: {reference: 0.9.0}
        deployment_specification:
          version_control:
            version_id: 1.0.0
            prompt_hash: 185f8db32271fe25f561a6fc938b2e264306ec304eda518007d1764826381969
            rollback_reference: 0.8.0
        """,
        "f.yaml:9:25: deployment_specification.version_control.rollback_reference: is 0.8.0, but"
            + " PromptVersion.rollback.reference is 0.9.0");
  }

  @Test
  void aSpecificationWithoutItsVersion() {
    assertProblems(
        "deployment_specification: {version_control: {version_id: 1.0.0}}",
        "f.yaml:1:1: \"PromptVersion\" is missing",
        "f.yaml:1:45: deployment_specification.version_control: \"prompt_hash\" is missing");
  }

  @Test
  void anEmptyFile() {
    assertProblems("", "f.yaml:1:1: \"PromptVersion\" is missing");
    assertProblems(
        "PromptVersion: {}",
        "f.yaml:1:16: PromptVersion: \"version_id\" is missing",
        "f.yaml:1:16: PromptVersion: \"prompt_text\" is missing");
    assertProblems(
        "PromptVersion: {version_id: null, prompt_text: ' '}",
        "f.yaml:1:29: PromptVersion.version_id: \"version_id\" is missing",
        "f.yaml:1:48: PromptVersion.prompt_text: must not be empty");
  }

  @Test
  void textsThatAreTooLong() {
    String block = "PromptVersion:\n  version_id: 1.0.0\n  prompt_text: ";
    String longest = "\ud83e\udd16".repeat(1_000_000);
    assertThat(read(block + longest).promptText()).isEqualTo(longest);
    assertProblems(
        block + "x".repeat(1_000_001),
        "f.yaml:3:16: PromptVersion.prompt_text: must have at most 1000000 characters, found"
            + " 1000001");
    assertProblems(
        block + "Hello\n  created_by: " + "x".repeat(257),
        "f.yaml:4:15: PromptVersion.created_by: must have at most 256 characters, found 257");
  }

  private static void assertProblems(String file, String... lines) {
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(ConfigException.class)
        .hasMessage(String.join("\n", lines));
  }

  private static VersionFile read(String file) {
    return ConfigReader.read("f.yaml", file, VersionFile::read);
  }
}
