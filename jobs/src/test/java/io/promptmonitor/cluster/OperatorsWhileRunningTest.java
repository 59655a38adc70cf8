package io.promptmonitor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.jobs.TestCluster;
import io.promptmonitor.jobs.monitor.MonitorJob;
import io.promptmonitor.jobs.sink.RetryPolicy;
import io.promptmonitor.jobs.sink.SinkOptions;
import io.promptmonitor.notifications.DeliveryMode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What operators type reaches the alerts of the job that runs. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class OperatorsWhileRunningTest {

  @RegisterExtension private static final TestCluster CLUSTER = new TestCluster();
  @RegisterExtension private static final PostgresExtension POSTGRES = new PostgresExtension();

  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** All executions are scored with 6.5. */
  private static final String RULES =
      """
      alert_rules:
        - name: "Low score"
          condition: "avg_automated_score < 7"
          window: "1_minute"
          severity: "critical"
          actions: ["alert"]
      escalation:
        critical:
          channels: ["console"]
          repeat_after: "1_hour"
      notifications:
        group_wait: 1s
        group_interval: 1s
      """;

  @TempDir private static Path directory;

  @Test
  void acknowledgementsAndSilencesAreTakenUp() throws Exception {
    promptmon("alerts", "silence", "prompt=prompt-1", "--for", "1h", "--comment", "known");
    JobClient job = start();

    Await.until("a message about prompt-0", LIMIT, () -> sent("prompt-0", "firing") == 1);
    String alertId = alertOf("prompt-0");
    promptmon("alerts", "ack", alertId, "--comment", "looking at it");
    Await.until(
        "the acknowledgement is taken up",
        LIMIT,
        () -> show(alertId).path("acknowledgement_taken_up").asBoolean());
    Await.until("they are told of it", LIMIT, () -> sent("prompt-0", "acknowledged") == 1);

    Await.until(
        "the alert of prompt-1 is muted",
        LIMIT,
        () -> show(alertOf("prompt-1")).path("muted_by").asText().contains("s1"));
    assertThat(sent("prompt-1", "firing")).isZero();
    promptmon("alerts", "silence", "--end", "s1");
    Await.until("a message after the silence", LIMIT, () -> sent("prompt-1", "firing") == 1);
    job.cancel().get();
    assertThat(sent("prompt-0", "firing")).isEqualTo(1);
  }

  private static JobClient start() throws Exception {
    Path rules = Files.writeString(directory.resolve("rules.yaml"), RULES);
    StreamExecutionEnvironment environment = CLUSTER.environment(2, new Configuration());
    MonitorJob.define(
        environment,
        DeploymentConfig.read(rules),
        EndlessExecutions.source(),
        DeliveryMode.LIVE,
        new SinkOptions(POSTGRES.database(), 100, 50, RetryPolicy.DEFAULT));
    return environment.executeAsync("operators-while-running");
  }

  private static String alertOf(String promptId) {
    return POSTGRES.query("SELECT alert_id FROM alert WHERE prompt_id = '" + promptId + "'");
  }

  private static JsonNode show(String alertId) throws Exception {
    return new ObjectMapper().readTree(promptmon("alerts", "show", alertId, "--json"));
  }

  /** How many messages with this reason were sent to the console. */
  private static long sent(String promptId, String reason) {
    return Long.parseLong(
        POSTGRES.query(
            "SELECT count(*) FROM notification, jsonb_array_elements(content -> 'alerts') AS a"
                + " WHERE channel = 'console' AND status = 'sent' AND prompt_id = '"
                + promptId
                + "' AND a ->> 'reason' = '"
                + reason
                + "'"));
  }

  private static String promptmon(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--db", POSTGRES.url()));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        PromptMon.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(all.toArray(String[]::new));
    assertThat(exit).as(err.toString()).isEqualTo(PromptMon.EXIT_OK);
    return out.toString();
  }
}
