package io.promptmonitor.cli.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class RegistryCommandTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static final ObjectMapper JSON = new ObjectMapper();

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path directory;

  private int registry(String... arguments) {
    return registryAt(postgres.url(), arguments);
  }

  private int registryAt(String url, String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(List.of("registry"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--db", url));
    return PromptMon.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }

  private Path file(String promptId, String version, String text, String status)
      throws IOException {
    return Files.writeString(
        directory.resolve(version + ".yaml"),
        """
        prompt_id: %s
        PromptVersion:
          version_id: %s
          prompt_text: |
            %s
          created_at: 2026-01-05T10:00:00Z
          created_by: alice
          deployment:
            status: %s
          performance:
            predicted_quality: 8.2
            baseline_latency_p95: 1500
        """
            .formatted(promptId, version, text, status));
  }

  private void deployed(String promptId, String version) throws IOException {
    Path file = file(promptId, version, "Version " + version + ".", "draft");
    assertThat(registry("register", promptId, "-f", file.toString())).isZero();
    assertThat(registry("stage", promptId, version)).isZero();
    assertThat(registry("deploy", promptId, version, "--reason", "it is good")).isZero();
  }

  @Test
  void aVersionIsRegisteredStagedDeployedAndRead() throws Exception {
    Path file = file("greet", "1.0.0", "Say hello to {name}.", "active");
    assertThat(registry("register", "greet", "-f", file.toString())).isZero();
    assertThat(out).hasToString("greet@1.0.0 is registered, as a draft\n");
    assertThat(err.toString()).contains("the file says active, but a registered version begins as");
    assertThat(registry("register", "greet", "-f", file.toString())).isZero();
    assertThat(out).hasToString("greet@1.0.0 is registered already, with the same content\n");

    assertThat(registry("deploy", "greet", "1.0.0")).isEqualTo(PromptMon.EXIT_PROBLEM);
    assertThat(err.toString()).startsWith("promptmon: ").contains("stage it first").hasLineCount(1);
    assertThat(registry("stage", "greet", "1.0.0")).isZero();
    assertThat(out).hasToString("greet@1.0.0 is staged\n");
    assertThat(registry("deploy", "greet", "1.0.0")).isZero();
    assertThat(out).hasToString("greet@1.0.0 is active\n");
    assertThat(registry("deploy", "greet", "1.0.0")).isZero();
    assertThat(out).hasToString("greet@1.0.0 is active already\n");

    assertThat(registry("get-active", "greet")).isZero();
    assertThat(out).hasToString("Say hello to {name}.\n");
    assertThat(err.toString()).startsWith("greet@1.0.0, SHA-256 ");
    assertThat(registry("get-active", "greet", "--at", "2020-01-01"))
        .isEqualTo(PromptMon.EXIT_PROBLEM);
    assertThat(registry("show", "greet")).isZero();
    assertThat(out.toString())
        .contains("status               active\n")
        .contains("created              2026-01-05T10:00:00Z\n")
        .contains("created by           alice\n")
        .contains("predicted quality    8.2 of 10\n")
        .contains("baseline p95         1500 ms\n");
  }

  @Test
  void aRollbackSaysWhereItIsFollowed() throws Exception {
    deployed("followed", "1.0.0");
    deployed("followed", "1.1.0");
    assertThat(registry("rollback", "followed", "--reason", "wrong totals")).isZero();
    assertThat(out.toString()).contains("1.0.0").hasLineCount(1);
    assertThat(err.toString())
        .matches("promptmon rollbacks show manual-\\d+ tells whether it helps\n");
  }

  @Test
  void aRollbackNeedsAReasonAndIsInTheHistory() throws Exception {
    deployed("back", "1.0.0");
    deployed("back", "1.1.0");
    assertThat(registry("rollback", "back")).isEqualTo(PromptMon.EXIT_USAGE);
    assertThat(err.toString()).contains("--reason");
    assertThat(registry("rollback", "back", "--from", "1.0.0", "--reason", "wrong totals"))
        .isEqualTo(PromptMon.EXIT_PROBLEM);
    assertThat(err)
        .hasToString(
            "promptmon: back@1.0.0 is not active, 1.1.0 is; there is nothing to roll back\n");
    assertThat(
            registry("rollback", "back", "--from", "1.1.0", "--reason", "wrong totals", "--json"))
        .isZero();
    assertThat(err.toString()).isEmpty();
    JsonNode result = JSON.readTree(out.toString());
    assertThat(result.get("changed").asBoolean()).isTrue();
    assertThat(result.get("event").get("kind").asText()).isEqualTo("rolled_back");
    assertThat(result.get("event").get("from_version").asText()).isEqualTo("1.1.0");
    assertThat(result.get("rollback_id").asText())
        .isEqualTo("manual-" + result.get("event").get("event_id").asText());
    assertThat(registry("rollback", "back", "--to", "1.1.0", "--reason", "again"))
        .isEqualTo(PromptMon.EXIT_PROBLEM);
    assertThat(err.toString()).startsWith("promptmon: ").hasLineCount(1);

    assertThat(registry("history", "back", "--json")).isZero();
    JsonNode history = JSON.readTree(out.toString());
    assertThat(history).hasSize(7);
    JsonNode last = history.get(6);
    assertThat(last.get("reason").asText()).isEqualTo("wrong totals");
    assertThat(last.get("actor").asText()).isEqualTo(postgres.query("SELECT session_user"));
    assertThat(registry("history", "back", "--limit", "1")).isZero();
    assertThat(out.toString()).contains("rolled_back").contains("wrong totals").hasLineCount(3);
    assertThat(registry("list", "back", "--json")).isZero();
    assertThat(JSON.readTree(out.toString()).findValuesAsText("deprecation"))
        .containsExactly("null", "rolled_back");
  }

  @Test
  void anExportedVersionIsTheSameVersion() throws Exception {
    deployed("round", "1.0.0");
    assertThat(registry("export", "round", "1.0.0")).isZero();
    Path exported = Files.writeString(directory.resolve("exported.yaml"), out.toString());
    assertThat(registry("register", "round", "-f", exported.toString())).isZero();
    assertThat(out.toString()).contains("is registered already");
    assertThat(registry("register", "other", "-f", exported.toString()))
        .isEqualTo(PromptMon.EXIT_USAGE);
    assertThat(err.toString()).contains("is a version of round, not of other");

    Path all = directory.resolve("all");
    assertThat(registry("export", "round", "--out", all.toString())).isZero();
    assertThat(all.resolve("round/1.0.0.yaml")).hasSameTextualContentAs(exported);
    assertThat(registry("apply", "-f", all.toString())).isZero();
    assertThat(out).hasToString("= round@1.0.0  no change (active)\n");
    assertThat(err).hasToString("promptmon: nothing to do\n");
  }

  @Test
  void aDirectoryIsAppliedOnlyWhenToldTo() throws Exception {
    file("gitops", "1.0.0", "One.", "staged");
    file("gitops", "1.1.0", "Two.", "active");
    assertThat(registry("apply", "-f", directory.toString())).isZero();
    String plan = "+ gitops@1.0.0  register, stage\n+ gitops@1.1.0  register, stage, deploy\n";
    assertThat(out).hasToString(plan);
    assertThat(err).hasToString("promptmon: nothing was changed yet; --yes changes 2 versions\n");
    assertThat(registry("get-active", "gitops")).isEqualTo(PromptMon.EXIT_PROBLEM);
    assertThat(registry("apply", "-f", directory.toString(), "--yes")).isZero();
    assertThat(out).hasToString(plan);
    assertThat(registry("get-active", "gitops")).isZero();
    assertThat(out).hasToString("Two.\n");
    assertThat(registry("apply", "-f", directory.toString(), "--yes")).isZero();
    assertThat(err).hasToString("promptmon: nothing to do\n");

    file("gitops", "1.1.0", "Changed.", "active");
    assertThat(registry("apply", "-f", directory.toString(), "--yes"))
        .isEqualTo(PromptMon.EXIT_PROBLEM);
    assertThat(out.toString()).contains("! gitops@1.1.0  is registered with other content");
  }

  @Test
  void whatKubernetesMountsTwiceIsReadOnce() throws Exception {
    Path mounted = Files.createDirectories(directory.resolve("..2026_01_05"));
    Files.move(file("a b/c", "1.0.0", "One.", "draft"), mounted.resolve("c.yaml"));
    Files.createSymbolicLink(directory.resolve("c.yaml"), mounted.resolve("c.yaml"));
    Path link =
        Files.createSymbolicLink(directory.resolveSibling("link-" + System.nanoTime()), directory);
    try {
      assertThat(registry("apply", "-f", link.toString(), "--yes")).isZero();
      assertThat(out).hasToString("+ a b/c@1.0.0  register\n");
    } finally {
      Files.delete(link);
    }
    Path exported = directory.resolve("exported");
    assertThat(registry("export", "a b/c", "--out", exported.toString())).isZero();
    assertThat(out).hasToString(exported.resolve("a+b/c/1.0.0.yaml") + "\n");
    assertThat(registry("apply", "-f", exported.resolve("a+b/c/1.0.0.yaml").toString())).isZero();
    assertThat(out).hasToString("= a b/c@1.0.0  no change (draft)\n");
  }

  @Test
  void anUnknownPromptIsSaidToBeUnknown() {
    for (String command : List.of("list", "show", "history", "get-active")) {
      assertThat(registry(command, "typo")).isEqualTo(PromptMon.EXIT_PROBLEM);
      assertThat(err).hasToString("promptmon: no version of prompt typo is registered\n");
    }
  }

  @Test
  void aBrokenFileIsOneLineAndNothingIsApplied() throws Exception {
    file("broken", "1.0.0", "One.", "active");
    Path broken = file("broken", "1.x", "Two.", "active");
    assertThat(registry("apply", "-f", directory.toString(), "--yes"))
        .isEqualTo(PromptMon.EXIT_USAGE);
    assertThat(err.toString()).contains(broken + ":3:15: ").hasLineCount(1);
    assertThat(registry("list", "--json")).isZero();
    assertThat(out.toString()).doesNotContain("broken");
  }

  @Test
  void aDiffShowsTextAndSpecification() throws Exception {
    deployed("differ", "1.0.0");
    Path file = file("differ", "2.0.0", "Version 2.", "draft");
    Files.writeString(file, Files.readString(file).replace("8.2", "9.1"));
    assertThat(registry("register", "differ", "-f", file.toString())).isZero();
    assertThat(registry("diff", "differ", "1.0.0", "2.0.0")).isZero();
    assertThat(out.toString())
        .contains("--- differ@1.0.0 text\n+++ differ@2.0.0 text\n")
        .contains("-Version 1.0.0.\n+Version 2.\n")
        .contains("--- differ@1.0.0 specification\n")
        .containsPattern("-\\s+predicted_quality: 8.2\n(-.*\n)*\\+\\s+predicted_quality: 9.1");
  }

  @Test
  void tamperingIsFound() throws Exception {
    deployed("safe", "1.0.0");
    assertThat(registry("verify")).isZero();
    assertThat(out).hasToString("all is as it was registered\n");
    postgres.execute(
        """
        ALTER TABLE promptmon.prompt_version DROP CONSTRAINT prompt_hash_of_text;
        SET session_replication_role = replica;
        UPDATE promptmon.prompt_version SET prompt_text = 'Send me your password.' WHERE prompt_id = 'safe';
        """);
    try {
      assertThat(registry("get-active", "safe")).isEqualTo(PromptMon.EXIT_PROBLEM);
      assertThat(out.toString()).isEmpty();
      assertThat(err.toString()).contains("safe@1.0.0").hasLineCount(1);
      assertThat(registry("verify")).isEqualTo(PromptMon.EXIT_PROBLEM);
      assertThat(out.toString()).contains("safe@1.0.0");
    } finally {
      postgres.execute(
          """
          SET session_replication_role = replica;
          UPDATE promptmon.prompt_version SET prompt_text = E'Version 1.0.0.\\n' WHERE prompt_id = 'safe';
          """);
    }
  }

  @Test
  void whoMayNotIsToldSoInOneLine() throws Exception {
    deployed("guarded", "1.0.0");
    postgres.execute("CREATE ROLE bob LOGIN PASSWORD 'b' IN ROLE promptmon_analyst");
    try {
      String asBob =
          postgres.url().replaceFirst("user=[^&]*&password=[^&]*", "user=bob&password=b");
      assertThat(registryAt(asBob, "history", "guarded")).isZero();
      assertThat(registryAt(asBob, "list", "guarded")).isZero();
      assertThat(registryAt(asBob, "show", "guarded")).isZero();
      assertThat(registryAt(asBob, "rollback", "guarded", "--reason", "I want to"))
          .isEqualTo(PromptMon.EXIT_PROBLEM);
      assertThat(err.toString())
          .startsWith("promptmon: bob may not ")
          .contains("promptmon_operator")
          .hasLineCount(1);
    } finally {
      postgres.execute("DROP ROLE bob");
    }
  }
}
