package io.promptmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulateCommandTest {

  @TempDir private Path directory;

  private final StringWriter err = new StringWriter();

  private int execute(String... args) {
    List<String> all = new ArrayList<>(List.of("simulate"));
    all.addAll(List.of(args));
    return PromptMon.commandLine()
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }

  private byte[] standardOutputOf(String... args) {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, false, StandardCharsets.UTF_8));
    try {
      assertThat(execute(args)).isEqualTo(PromptMon.EXIT_OK);
    } finally {
      System.out.flush();
      System.setOut(before);
    }
    return bytes.toByteArray();
  }

  @Test
  void theSameBytesToStandardOutputToAFileAndCompressed() throws Exception {
    Path plain = directory.resolve("a.jsonl");
    Path compressed = directory.resolve("a.jsonl.gz");
    byte[] bytes = standardOutputOf("--duration", "1m");
    assertThat(execute("--duration", "1m", "--out", plain.toString())).isZero();
    assertThat(execute("--duration", "1m", "--out", compressed.toString())).isZero();
    long lines = new String(bytes, StandardCharsets.UTF_8).lines().count();
    assertThat(lines).isBetween(400L, 700L);
    assertThat(bytes).endsWith('}', '\n');
    assertThat(plain).hasBinaryContent(bytes);
    try (InputStream in = new GZIPInputStream(Files.newInputStream(compressed))) {
      assertThat(in.readAllBytes()).isEqualTo(bytes);
    }
    assertThat(err.toString()).contains("with seed 1: " + lines + " records");
  }

  @Test
  void optionsChangeTheScenario() throws Exception {
    Path file = directory.resolve("a.jsonl");
    int exitCode =
        execute(
            "--scenario",
            "incident",
            "--seed=5",
            "--start=2027-01-01T00:00:00+01:00",
            "--duration=10m",
            "--prompts=3",
            "--rate=600",
            "--out=" + file);
    assertThat(exitCode).isZero();
    List<String> lines = Files.readAllLines(file);
    assertThat(lines.size()).isBetween(5_700, 6_400);
    assertThat(lines.get(0)).contains("\"timestamp\":\"2026-12-31T23:00:0");
    assertThat(lines).anyMatch(line -> line.contains("prompt-003"));
    assertThat(err.toString())
        .startsWith("simulated 10m from 2026-12-31T23:00:00Z with seed 5: ")
        .contains("prompt-001@1.0.0")
        .hasLineCount(9);
  }

  @Test
  void aScenarioFile() throws Exception {
    Path scenario =
        Files.writeString(
            directory.resolve("s.yaml"), "scenario: {duration: 10s, prompts: [{id: mine}]}");
    byte[] bytes = standardOutputOf("--scenario", scenario.toString());
    assertThat(new String(bytes, StandardCharsets.UTF_8)).contains("\"prompt_id\":\"mine\"");
  }

  @Test
  void problemsOfAScenarioAreOneLineEach() throws Exception {
    Path scenario =
        Files.writeString(
            directory.resolve("s.yaml"),
            "scenario:\n  prompts: [{id: a}]\n  seed: 1\n  users: 5\n");
    assertThat(execute("--scenario", scenario.toString())).isEqualTo(PromptMon.EXIT_USAGE);
    assertThat(err.toString().lines())
        .hasSize(2)
        .first()
        .asString()
        .startsWith(scenario + ":3:3: scenario.seed: unknown key");
  }

  @Test
  void badOptionsAreBadUsage() {
    assertBadUsage("expected a duration such as", "--duration=5x");
    assertBadUsage("--start: expected a time such as 2026-01-05T08:00:00Z", "--start=noon");
    assertBadUsage("the number of prompts must be from 1 to 100000", "--prompts=0");
    assertBadUsage("the rate must be above 0", "--rate=-1");
    assertBadUsage("no-such.yaml: no such file", "--scenario=no-such.yaml");
    assertBadUsage("cannot write " + directory, "--out=" + directory);
  }

  private void assertBadUsage(String message, String... args) {
    err.getBuffer().setLength(0);
    assertThat(execute(args)).isEqualTo(PromptMon.EXIT_USAGE);
    assertThat(err.toString()).contains(message).hasLineCount(1);
  }

  @Test
  void whoStopsReadingIsNoFailure() {
    PrintStream before = System.out;
    System.setOut(
        new PrintStream(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
              }
            }));
    try {
      assertThat(execute("--duration=10m")).isZero();
    } finally {
      System.setOut(before);
    }
    assertThat(err.toString()).isEmpty();
  }
}
